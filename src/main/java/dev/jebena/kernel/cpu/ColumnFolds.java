package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Folds over rows where the columns lie side by side: {@code [O, R, C] → [O, C]} with C contiguous,
 * as for the gradient of a bias. Rows are cut into blocks of a fixed number, a block folds in f32
 * with one lane per column, and the blocks are joined in f64 from the first to the last. Bound by
 * bandwidth: each element is read once.
 */
final class ColumnFolds {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  /** Rows of a block: enough that joining is rare, few enough that f32 sums stay sharp. */
  private static final int ROWS = 128;

  /** Columns of a task: long pieces of rows, whose sums still stay in the nearest cache. */
  private static final int COLUMNS = 2048;

  private final WorkerPool pool;

  ColumnFolds(WorkerPool pool) {
    this.pool = pool;
  }

  static boolean fits(ReduceOp op, Operand x, Walk kept, Walk folded) {
    return x.dtype() == DType.F32
        && (op == ReduceOp.SUM || op == ReduceOp.MAX || op == ReduceOp.MIN)
        && kept.innerStride(1) == 1
        && kept.inner() >= 8
        && folded.innerStride(0) != 1
        && folded.elements() > 0;
  }

  void run(ReduceOp op, Operand x, Walk kept, Walk folded, Operand out) {
    long width = kept.inner();
    long outer = kept.elements() / width;
    long rows = folded.elements();
    long rowBlocks = (rows + ROWS - 1) / ROWS;
    long columnBlocks = (width + COLUMNS - 1) / COLUMNS;
    // Blocks of few rows share a task.
    int perTask = (int) Math.max(1, 65_536 / (Math.min(rows, ROWS) * Math.min(width, COLUMNS)));
    long units = outer * columnBlocks * rowBlocks;
    int tasks = Math.toIntExact((units + perTask - 1) / perTask);
    var segment = Memory.of(x);
    var outSegment = Memory.of(out);
    long start = Memory.start(x);
    long startOut = Memory.start(out);
    long outStep = kept.innerStride(0) * out.dtype().byteSize();
    var partials =
        rowBlocks == 1
            ? null
            : pool.scratch().area(Scratch.PARTIALS, 4 * outer * rowBlocks * width);
    pool.run(
        tasks,
        task -> {
          long last = Math.min(units, ((long) task + 1) * perTask);
          for (long unit = (long) task * perTask; unit < last; unit++) {
            long rowBlock = unit % rowBlocks;
            long column = unit / rowBlocks % columnBlocks * COLUMNS;
            long o = unit / rowBlocks / columnBlocks;
            int n = (int) Math.min(COLUMNS, width - column);
            int count = (int) Math.min(ROWS, rows - rowBlock * ROWS);
            long base = start + 4 * (kept.offset(1, o * width) + column);
            boolean direct = partials != null;
            var target =
                direct ? partials : pool.scratch().area(Scratch.BLOCKS, 4L * COLUMNS + 8L * ROWS);
            long at = direct ? 4 * ((o * rowBlocks + rowBlock) * width + column) : 8L * ROWS;
            foldBlock(op, segment, base, folded, rowBlock * ROWS, count, target, at, n);
            if (!direct) {
              long to = startOut + kept.offset(0, o * width) * out.dtype().byteSize();
              Staging.store(out.dtype(), target, at, outSegment, to + column * outStep, outStep, n);
            }
          }
        });
    if (partials != null) {
      join(op, partials, outer, rowBlocks, width, kept, out);
    }
  }

  /** Joins the blocks of each column. */
  private void join(
      ReduceOp op,
      MemorySegment partials,
      long outer,
      long rowBlocks,
      long width,
      Walk kept,
      Operand out) {
    var outSegment = Memory.of(out);
    long startOut = Memory.start(out);
    int size = out.dtype().byteSize();
    long columnBlocks = (width + COLUMNS - 1) / COLUMNS;
    pool.run(
        Math.toIntExact(outer * columnBlocks),
        task -> {
          long o = task / columnBlocks;
          long column = task % columnBlocks * COLUMNS;
          int n = (int) Math.min(COLUMNS, width - column);
          var sums = pool.scratch().area(Scratch.BLOCKS, 8L * COLUMNS);
          for (int i = 0; i < n; i++) {
            sums.set(DOUBLE, 8L * i, Folds.neutral(op));
          }
          for (long block = 0; block < rowBlocks; block++) {
            long from = 4 * ((o * rowBlocks + block) * width + column);
            for (int i = 0; i < n; i++) {
              double joined =
                  Folds.join(op, sums.get(DOUBLE, 8L * i), partials.get(FLOAT, from + 4L * i));
              sums.set(DOUBLE, 8L * i, joined);
            }
          }
          long to = startOut + kept.offset(0, o * width) * size;
          long step = kept.innerStride(0) * size;
          for (int i = 0; i < n; i++) {
            Scalars.setReal(
                out.dtype(), outSegment, to + (column + i) * step, sums.get(DOUBLE, 8L * i));
          }
        });
  }

  private static void foldBlock(
      ReduceOp op,
      MemorySegment x,
      long base,
      Walk folded,
      long firstRow,
      int rows,
      MemorySegment out,
      long at,
      int n) {
    if (op == ReduceOp.SUM && folded.rank() == 1) {
      long step = 4 * folded.stride(0, 0);
      sumColumns(x, base + firstRow * step, step, rows, out, at, n);
      return;
    }
    for (int r = 0; r < rows; r++) {
      long row = base + 4 * folded.offset(0, firstRow + r);
      if (r == 0) {
        MemorySegment.copy(x, row, out, at, 4L * n);
      } else if (op == ReduceOp.SUM) {
        F32Binary.add(out, at, x, row, out, at, n);
      } else if (op == ReduceOp.MAX) {
        F32Binary.max(out, at, x, row, out, at, n);
      } else {
        F32Binary.min(out, at, x, row, out, at, n);
      }
    }
  }

  /** Rows whose columns are added at once: few streams, each read from its start to its end. */
  private static final int STREAMS = 4;

  /** Sums of columns, a few rows at a time; the running sums stay in the nearest cache. */
  private static void sumColumns(
      MemorySegment x, long at, long step, int rows, MemorySegment out, long to, int n) {
    out.asSlice(to, 4L * n).fill((byte) 0);
    int r = 0;
    if (rows >= STREAMS) {
      // The bounds of the rows that are then read under absolute addresses.
      long lowest = at + Math.min(0, (rows - 1) * step);
      x.asSlice(lowest, Math.abs((rows - 1) * step) + 4L * n);
      long sums = out.asSlice(to, 4L * n).address();
      for (; r <= rows - STREAMS; r += STREAMS) {
        addFourRows(x.address() + at + r * step, step, sums, n);
      }
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(out);
    }
    for (; r < rows; r++) {
      F32Binary.add(out, to, x, at + r * step, out, to, n);
    }
  }

  /** {@code sums += row} for four rows, one after the other; all positions are addresses. */
  private static void addFourRows(long row, long step, long sums, int n) {
    long second = row + step;
    long third = second + step;
    long fourth = third + step;
    int j = 0;
    for (; j <= n - 2 * L; j += 2 * L) {
      long p = 4L * j;
      long q = p + 4L * L;
      FloatVector.fromMemorySegment(S, ALL, sums + p, ORDER)
          .add(FloatVector.fromMemorySegment(S, ALL, row + p, ORDER))
          .add(FloatVector.fromMemorySegment(S, ALL, second + p, ORDER))
          .add(FloatVector.fromMemorySegment(S, ALL, third + p, ORDER))
          .add(FloatVector.fromMemorySegment(S, ALL, fourth + p, ORDER))
          .intoMemorySegment(ALL, sums + p, ORDER);
      FloatVector.fromMemorySegment(S, ALL, sums + q, ORDER)
          .add(FloatVector.fromMemorySegment(S, ALL, row + q, ORDER))
          .add(FloatVector.fromMemorySegment(S, ALL, second + q, ORDER))
          .add(FloatVector.fromMemorySegment(S, ALL, third + q, ORDER))
          .add(FloatVector.fromMemorySegment(S, ALL, fourth + q, ORDER))
          .intoMemorySegment(ALL, sums + q, ORDER);
    }
    for (; j < n; j++) {
      long p = 4L * j;
      float sum = ALL.get(FLOAT, sums + p) + ALL.get(FLOAT, row + p);
      sum += ALL.get(FLOAT, second + p);
      sum += ALL.get(FLOAT, third + p);
      sum += ALL.get(FLOAT, fourth + p);
      ALL.set(FLOAT, sums + p, sum);
    }
  }
}
