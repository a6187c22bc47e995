package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.fused.RowFoldKernel;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Two-pass folds, row by row: memory is read once, the second pass finds the row in the cache. */
final class CpuRowFolds implements RowFoldKernel {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final int BLOCK = ElementWise.BLOCK;

  private final WorkerPool pool;

  CpuRowFolds(WorkerPool pool) {
    this.pool = pool;
  }

  /** Folds one row that begins at a byte offset. */
  private interface Row {
    void run(long row, MemorySegment x, long at, MemorySegment lanes);
  }

  private void forEachRow(Operand x, int width, Row body) {
    var segment = Memory.of(x);
    var layout = x.layout();
    long rows = x.elements() / width;
    int step = Contiguous.rowsPerTask(width);
    pool.run(
        Math.toIntExact((rows + step - 1) / step),
        task -> {
          var lanes = pool.scratch().area(Scratch.BLOCKS, S.vectorByteSize());
          long end = Math.min(rows, (task + 1L) * step);
          for (long row = (long) task * step; row < end; row++) {
            body.run(row, segment, CpuSoftmax.rowStart(layout, row) * Float.BYTES, lanes);
          }
        });
  }

  @Override
  public void logSumExp(Operand x, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    int width = Math.toIntExact(x.shape().size(-1));
    var target = Memory.of(out);
    long start = Memory.start(out);
    var segment = Memory.of(x);
    var layout = x.layout();
    long rows = x.elements() / width;
    int step = Contiguous.rowsPerTask(width);
    pool.run(
        Math.toIntExact((rows + step - 1) / step),
        task -> {
          var scratch = pool.scratch().area(Scratch.BLOCKS, SoftmaxRows.ROOM);
          var passes = new SoftmaxRows(scratch);
          long end = Math.min(rows, (task + 1L) * step);
          long at = CpuSoftmax.rowStart(layout, (long) task * step) * Float.BYTES;
          float max = RowSoftmax.max(segment, at, width);
          for (long row = (long) task * step; row < end; row++) {
            long next = row + 1 < end ? CpuSoftmax.rowStart(layout, row + 1) * Float.BYTES : -1;
            float sum = passes.sumOfExponentials(segment, at, max, width, next);
            // an infinite maximum would make inf − inf
            float y = Float.isInfinite(max) ? max : max + VectorMath.log(sum);
            target.set(FLOAT, start + row * Float.BYTES, y);
            at = next;
            max = passes.nextMax();
          }
        });
  }

  @Override
  public void moments(Operand x, Operand mean, Operand squares) {
    if (mean.elements() == 0) {
      return;
    }
    int width = Math.toIntExact(x.shape().size(-1));
    var means = Memory.of(mean);
    long startMean = Memory.start(mean);
    var totals = Memory.of(squares);
    long startTotal = Memory.start(squares);
    forEachRow(
        x,
        width,
        (row, segment, at, lanes) -> {
          double sum = 0;
          for (int i = 0; i < width; i += BLOCK) {
            int n = Math.min(BLOCK, width - i);
            sum += Folds.f32(ReduceOp.SUM, segment, at + 4L * i, n, lanes, 0);
          }
          float m = (float) (sum / width);
          double total = 0;
          for (int i = 0; i < width; i += BLOCK) {
            total += squares(segment, at + 4L * i, m, Math.min(BLOCK, width - i), lanes);
          }
          means.set(FLOAT, startMean + row * Float.BYTES, m);
          totals.set(FLOAT, startTotal + row * Float.BYTES, (float) total);
        });
  }

  /** {@code Σ (x − mean)²} of one block. */
  private static double squares(MemorySegment x, long at, float mean, int n, MemorySegment lanes) {
    double total = 0;
    int i = 0;
    if (n >= 2 * L) {
      long p = x.address() + at;
      var m = FloatVector.broadcast(S, mean);
      var s = FloatVector.zero(S);
      var t = s;
      for (; i <= n - 2 * L; i += 2 * L) {
        var a = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER).sub(m);
        var b = FloatVector.fromMemorySegment(S, ALL, p + 4L * (i + L), ORDER).sub(m);
        s = a.fma(a, s);
        t = b.fma(b, t);
      }
      s.add(t).intoMemorySegment(lanes, 0, ORDER);
      for (int lane = 0; lane < L; lane++) {
        total += lanes.get(FLOAT, 4L * lane);
      }
    }
    for (; i < n; i++) {
      float d = x.get(FLOAT, at + 4L * i) - mean;
      total += d * d;
    }
    return total;
  }
}
