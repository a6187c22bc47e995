package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

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

  private interface Line {
    /** Handles one line that begins at these byte offsets. */
    void run(long atX, long atOut);
  }

  private void forEachLine(Operand x, Operand out, int axis, Line line) {
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

  void cumulativeSum(Operand x, int axis, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    long length = x.layout().size(axis);
    long step = x.layout().stride(axis) * x.dtype().byteSize();
    long outStep = out.layout().stride(axis) * out.dtype().byteSize();
    var from = Memory.of(x);
    var to = Memory.of(out);
    forEachLine(
        x,
        out,
        axis,
        (atX, atOut) -> {
          if (x.dtype().isFloat()) {
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
}
