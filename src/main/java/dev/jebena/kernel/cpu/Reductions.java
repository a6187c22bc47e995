package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.LONG;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Folds axes. What is folded into one output element is cut into pieces of a fixed number of
 * elements and these into blocks; blocks fold in vectors ({@link Folds}), and their results are
 * joined in f64 (or 64-bit integers) from the first to the last. The order depends on the shape
 * only. Sums of columns go another way, {@link ColumnFolds}.
 */
final class Reductions {
  /**
   * Elements that are folded in f32, one lane beside the other; see {@link ElementWise} on lengths.
   */
  private static final int BLOCK = 4 * ElementWise.BLOCK;

  private static final int PIECE = ElementWise.TASK;

  private final WorkerPool pool;
  private final ColumnFolds columns;

  Reductions(WorkerPool pool) {
    this.pool = pool;
    this.columns = new ColumnFolds(pool);
  }

  void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    var kept = Walk.of(out, x.with(keptPart(x.layout(), out.shape())));
    var folded = Walk.of(x.with(foldedPart(x.layout(), axes)));
    if (ColumnFolds.fits(op, x, kept, folded)) {
      columns.run(op, x, kept, folded, out);
    } else {
      new Rows(op, x, kept, folded, out).run();
    }
  }

  private static Layout keptPart(Layout x, Shape out) {
    return Layout.of(out, x.strides(), x.offset());
  }

  private static Layout foldedPart(Layout x, int[] axes) {
    long[] sizes = new long[x.rank()];
    Arrays.fill(sizes, 1);
    for (int axis : axes) {
      sizes[axis < 0 ? axis + x.rank() : axis] = x.size(axis);
    }
    return Layout.of(Shape.of(sizes), x.strides(), 0);
  }

  /** Folds every output element on its own. */
  private final class Rows {
    private final ReduceOp op;
    private final Walk kept;
    private final Walk folded;
    private final DType dtype;
    private final Lane lane;
    private final MemorySegment x;
    private final long startX;
    private final DType outType;
    private final MemorySegment out;
    private final long startOut;
    private final long length;
    private final long pieces;
    private final boolean direct;

    Rows(ReduceOp op, Operand x, Walk kept, Walk folded, Operand out) {
      this.op = op;
      this.kept = kept;
      this.folded = folded;
      this.dtype = x.dtype();
      this.lane = Lane.of(dtype);
      this.x = Memory.of(x);
      this.startX = Memory.start(x);
      this.outType = out.dtype();
      this.out = Memory.of(out);
      this.startOut = Memory.start(out);
      this.length = folded.elements();
      this.pieces = Math.max(1, (length + PIECE - 1) / PIECE);
      this.direct = lane.isNative(dtype) && folded.isContiguous(0);
    }

    void run() {
      long units = kept.elements() * pieces;
      long perTask = Math.max(1, PIECE / Math.max(16, Math.min(length, PIECE)));
      int tasks = Math.toIntExact((units + perTask - 1) / perTask);
      var partials = pieces == 1 ? null : pool.scratch().area(Scratch.PARTIALS, 8 * units);
      pool.run(
          tasks,
          task -> {
            long last = Math.min(units, (task + 1) * perTask);
            for (long unit = task * perTask; unit < last; unit++) {
              fold(unit, partials);
            }
          });
      for (long o = 0; partials != null && o < kept.elements(); o++) {
        joinPieces(o, partials);
      }
    }

    private boolean isReal() {
      return lane == Lane.F32 || lane == Lane.F64;
    }

    /** Folds one piece of one output element. */
    private void fold(long unit, MemorySegment partials) {
      long output = unit / pieces;
      long from = unit % pieces * PIECE;
      long to = Math.min(length, from + PIECE);
      long base = startX + kept.offset(1, output) * dtype.byteSize();
      var scratch = pool.scratch().area(Scratch.BLOCKS, 8L * BLOCK + 1024);
      if (isReal()) {
        double total = Folds.neutral(op);
        // extrema are the same in pieces of any length; sums are not
        int step = direct && (op == ReduceOp.MAX || op == ReduceOp.MIN) ? PIECE : BLOCK;
        for (long p = from; p < to; p += step) {
          int n = (int) Math.min(step, to - p);
          var block = direct ? x : scratch;
          long at = direct ? base + p * dtype.byteSize() : load(base, p, n, scratch);
          double part =
              lane == Lane.F32
                  ? Folds.f32(op, block, at, n, scratch, 8L * BLOCK)
                  : Folds.f64(op, block, at, n);
          total = Folds.join(op, total, part);
        }
        if (partials == null) {
          Scalars.setReal(outType, out, target(output), total);
        } else {
          partials.set(DOUBLE, 8 * unit, total);
        }
      } else {
        long total = Folds.neutralWhole(op);
        for (long p = from; p < to; p += BLOCK) {
          int n = (int) Math.min(BLOCK, to - p);
          var block = direct ? x : scratch;
          long at = direct ? base + p * dtype.byteSize() : load(base, p, n, scratch);
          long part = lane == Lane.I64 ? Folds.i64(op, block, at, n) : Folds.bool(op, block, at, n);
          total = Folds.join(op, total, part);
        }
        if (partials == null) {
          Scalars.setWhole(outType, out, target(output), length == 0 ? ofNothing() : total);
        } else {
          partials.set(LONG, 8 * unit, total);
        }
      }
    }

    private long ofNothing() {
      return switch (op) {
        case MAX -> Scalars.limit(dtype, false);
        case MIN -> Scalars.limit(dtype, true);
        default -> Folds.neutralWhole(op);
      };
    }

    private long target(long output) {
      return startOut + kept.offset(0, output) * outType.byteSize();
    }

    /** Stages n elements from position p on; returns where the block begins. */
    private long load(long base, long p, int n, MemorySegment scratch) {
      long inner = folded.inner();
      long step = folded.innerStride(0) * dtype.byteSize();
      for (int done = 0; done < n; ) {
        int run = (int) Math.min(n - done, inner - (p + done) % inner);
        long from = base + folded.offset(0, p + done) * dtype.byteSize();
        Staging.load(dtype, x, from, step, scratch, (long) done * lane.byteSize(), run);
        done += run;
      }
      return 0;
    }

    private void joinPieces(long output, MemorySegment partials) {
      long first = 8 * output * pieces;
      if (isReal()) {
        double total = Folds.neutral(op);
        for (long piece = 0; piece < pieces; piece++) {
          total = Folds.join(op, total, partials.get(DOUBLE, first + 8 * piece));
        }
        Scalars.setReal(outType, out, target(output), total);
      } else {
        long total = Folds.neutralWhole(op);
        for (long piece = 0; piece < pieces; piece++) {
          total = Folds.join(op, total, partials.get(LONG, first + 8 * piece));
        }
        Scalars.setWhole(outType, out, target(output), total);
      }
    }
  }
}
