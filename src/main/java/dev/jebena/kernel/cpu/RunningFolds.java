package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ScanOp;
import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * Folds that write what they have after every element. Each step waits for the one before, so there
 * is nothing for vectors to do; lines are shared out among the threads.
 */
final class RunningFolds {
  private final WorkerPool pool;

  RunningFolds(WorkerPool pool) {
    this.pool = pool;
  }

  void scan(ScanOp op, Operand x, int axis, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    var dtype = x.dtype();
    int length = Math.toIntExact(x.layout().size(axis));
    long step = x.layout().stride(axis) * dtype.byteSize();
    long outStep = out.layout().stride(axis) * out.dtype().byteSize();
    var from = Memory.of(x);
    var to = Memory.of(out);
    boolean max = op == ScanOp.ARG_MAX;
    Scans.forEachLine(
        pool,
        x,
        out,
        axis,
        (atX, atOut) -> {
          switch (op) {
            case PROD -> {
              if (dtype.isFloat()) {
                product(dtype, from, atX, step, to, atOut, outStep, length);
              } else {
                wholeProduct(dtype, from, atX, step, to, atOut, outStep, length);
              }
            }
            case LOG_SUM_EXP -> logSumExp(dtype, from, atX, step, to, atOut, outStep, length);
            case ARG_MAX, ARG_MIN -> {
              if (dtype.isFloat()) {
                extremes(max, dtype, from, atX, step, to, atOut, outStep, length);
              } else {
                wholeExtremes(max, dtype, from, atX, step, to, atOut, outStep, length);
              }
            }
          }
        });
  }

  private static void product(
      DType dtype,
      MemorySegment x,
      long from,
      long step,
      MemorySegment out,
      long to,
      long outStep,
      int n) {
    double total = 1;
    for (int i = 0; i < n; i++) {
      total *= Scalars.real(dtype, x, from + i * step);
      Scalars.setReal(dtype, out, to + i * outStep, total);
    }
  }

  private static void wholeProduct(
      DType dtype,
      MemorySegment x,
      long from,
      long step,
      MemorySegment out,
      long to,
      long outStep,
      int n) {
    long total = 1;
    for (int i = 0; i < n; i++) {
      total *= Scalars.whole(dtype, x, from + i * step);
      Scalars.setWhole(dtype, out, to + i * outStep, total);
    }
  }

  private static void logSumExp(
      DType dtype,
      MemorySegment x,
      long from,
      long step,
      MemorySegment out,
      long to,
      long outStep,
      int n) {
    double total = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      double v = Scalars.real(dtype, x, from + i * step);
      // equal infinities have no difference
      if (total != v || !Double.isInfinite(v)) {
        double gap = StrictMath.exp(-Math.abs(total - v));
        total = Math.max(total, v) + StrictMath.log1p(gap);
      }
      Scalars.setReal(dtype, out, to + i * outStep, total);
    }
  }

  private static void extremes(
      boolean max,
      DType dtype,
      MemorySegment x,
      long from,
      long step,
      MemorySegment out,
      long to,
      long outStep,
      int n) {
    int best = 0;
    double value = Scalars.real(dtype, x, from);
    for (int i = 0; i < n; i++) {
      double v = Scalars.real(dtype, x, from + i * step);
      if (v != v || (max ? v >= value : v <= value)) {
        value = v;
        best = i;
      }
      out.set(Memory.LONG, to + i * outStep, (long) best);
    }
  }

  private static void wholeExtremes(
      boolean max,
      DType dtype,
      MemorySegment x,
      long from,
      long step,
      MemorySegment out,
      long to,
      long outStep,
      int n) {
    int best = 0;
    long value = Scalars.whole(dtype, x, from);
    for (int i = 0; i < n; i++) {
      long v = Scalars.whole(dtype, x, from + i * step);
      if (max ? v >= value : v <= value) {
        value = v;
        best = i;
      }
      out.set(Memory.LONG, to + i * outStep, (long) best);
    }
  }
}
