package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.foreign.MemorySegment;

/** Kernels that go along each line of an axis from its first to its last element. */
final class Scans {
  private final WorkerPool pool;

  Scans(WorkerPool pool) {
    this.pool = pool;
  }

  /** The operand without an axis: one element per line. */
  private static Operand heads(Operand operand, int axis) {
    Layout layout = operand.layout();
    Shape shape = layout.shape().with(axis, 1);
    return operand.with(Layout.of(shape, layout.strides(), layout.offset()));
  }

  interface Line {
    /** Handles one line that begins at these byte offsets. */
    void run(long atX, long atOut);
  }

  private void forEachLine(Operand x, Operand out, int axis, Line line) {
    forEachLine(pool, x, out, axis, line);
  }

  /** Shares out the lines of an axis among the threads. */
  static void forEachLine(WorkerPool pool, Operand x, Operand out, int axis, Line line) {
    var walk = Walk.of(heads(out, axis), heads(x, axis));
    long length = x.layout().size(axis);
    int perTask = (int) Math.max(1, ElementWise.TASK / Math.max(16, length));
    long lines = walk.elements();
    pool.run(
        Math.toIntExact((lines + perTask - 1) / perTask),
        task -> {
          long last = Math.min(lines, (task + 1L) * perTask);
          for (long i = (long) task * perTask; i < last; i++) {
            line.run(
                Memory.start(x) + walk.offset(1, i) * x.dtype().byteSize(),
                Memory.start(out) + walk.offset(0, i) * out.dtype().byteSize());
          }
        });
  }

  void argReduce(ReduceOp op, Operand x, int axis, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    var dtype = x.dtype();
    long length = x.layout().size(axis);
    long step = x.layout().stride(axis) * dtype.byteSize();
    var from = Memory.of(x);
    var to = Memory.of(out);
    boolean max = op == ReduceOp.MAX;
    if (dtype == DType.F32 && step == Float.BYTES && length > 0 && length <= Integer.MAX_VALUE) {
      int n = (int) length;
      forEachLine(
          x,
          out,
          axis,
          (atX, atOut) ->
              Scalars.setWhole(out.dtype(), to, atOut, firstExtremum(op, from, atX, n)));
      return;
    }
    forEachLine(
        x,
        out,
        axis,
        (atX, atOut) -> {
          long best = 0;
          if (dtype.isFloat()) {
            double value = length == 0 ? 0 : Scalars.real(dtype, from, atX);
            for (long i = 1; i < length && value == value; i++) {
              double v = Scalars.real(dtype, from, atX + i * step);
              if (v != v || (max ? v > value : v < value)) {
                value = v;
                best = i;
              }
            }
          } else {
            long value = length == 0 ? 0 : Scalars.whole(dtype, from, atX);
            for (long i = 1; i < length; i++) {
              long v = Scalars.whole(dtype, from, atX + i * step);
              if (max ? v > value : v < value) {
                value = v;
                best = i;
              }
            }
          }
          Scalars.setWhole(out.dtype(), to, atOut, best);
        });
  }

  /**
   * Where the extremum of a contiguous line first stands: one pass finds it with vectors, a second,
   * over what the cache still holds, ends where it stands. NaN is found as NaN.
   */
  private long firstExtremum(ReduceOp op, MemorySegment x, long at, int n) {
    float wanted = (float) Folds.neutral(op);
    int block = 0;
    // The block of the extremum is known after the first pass, so that the second is short.
    for (int from = 0; from < n; from += ElementWise.BLOCK) {
      int count = Math.min(ElementWise.BLOCK, n - from);
      float best =
          op == ReduceOp.MAX
              ? FloatRange.max(x, at + 4L * from, count)
              : FloatRange.min(x, at + 4L * from, count);
      if (best != best) {
        wanted = best;
        block = from;
        break;
      }
      if (op == ReduceOp.MAX ? best > wanted : best < wanted) {
        wanted = best;
        block = from;
      }
    }
    return wanted == wanted
        ? FloatRange.firstEqual(x, at, block, n, wanted)
        : firstNan(x, at, block, n);
  }

  private static long firstNan(MemorySegment x, long at, int from, int n) {
    for (int i = from; i < n; i++) {
      if (Float.isNaN(x.get(FLOAT, at + 4L * i))) {
        return i;
      }
    }
    return 0; // not reached either
  }

  void cumulativeSum(Operand x, int axis, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    long length = x.layout().size(axis);
    long step = x.layout().stride(axis) * x.dtype().byteSize();
    long outStep = out.layout().stride(axis) * out.dtype().byteSize();
    var from = Memory.of(x);
    var to = Memory.of(out);
    boolean plain = x.dtype() == DType.F32 && out.dtype() == DType.F32;
    forEachLine(
        x,
        out,
        axis,
        (atX, atOut) -> {
          if (plain) {
            sums(from, atX, step, to, atOut, outStep, length);
          } else if (x.dtype().isFloat()) {
            double sum = 0;
            for (long i = 0; i < length; i++) {
              sum += Scalars.real(x.dtype(), from, atX + i * step);
              Scalars.setReal(out.dtype(), to, atOut + i * outStep, sum);
            }
          } else {
            long sum = 0;
            for (long i = 0; i < length; i++) {
              sum += Scalars.whole(x.dtype(), from, atX + i * step);
              Scalars.setWhole(out.dtype(), to, atOut + i * outStep, sum);
            }
          }
        });
  }

  /** Running sums of f32 in f64; each waits for the one before, which is what bounds it. */
  private static void sums(
      MemorySegment x, long at, long step, MemorySegment out, long to, long outStep, long n) {
    double sum = 0;
    for (long i = 0; i < n; i++) {
      sum += x.get(FLOAT, at + i * step);
      out.set(FLOAT, to + i * outStep, (float) sum);
    }
  }
}
