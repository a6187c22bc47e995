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

  /**
   * Elements that are folded in f32, one lane beside the other; see {@link ElementWise} on lengths.
   */
  private static final int BLOCK = 4 * ElementWise.BLOCK;

  private final WorkerPool pool;

  CpuRowFolds(WorkerPool pool) {
    this.pool = pool;
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
    int step = Contiguous.rowsPerLongTask(width, rows);
    pool.run(
        Math.toIntExact((rows + step - 1) / step),
        task -> {
          var online = new OnlineSoftmax(pool.scratch().area(Scratch.BLOCKS, OnlineSoftmax.ROOM));
          long end = Math.min(rows, (task + 1L) * step);
          for (long row = (long) task * step; row < end; row++) {
            online.fold(segment, CpuSoftmax.rowStart(layout, row) * Float.BYTES, width);
            float max = online.max();
            // an infinite maximum would make inf − inf
            float y = Float.isInfinite(max) ? max : max + VectorMath.log(online.sum());
            target.set(FLOAT, start + row * Float.BYTES, y);
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
    var segment = Memory.of(x);
    var layout = x.layout();
    long rows = x.elements() / width;
    int step = Contiguous.rowsPerLongTask(width, rows);
    pool.run(
        Math.toIntExact((rows + step - 1) / step),
        task -> {
          var lanes = pool.scratch().area(Scratch.BLOCKS, 2L * S.vectorByteSize());
          long end = Math.min(rows, (task + 1L) * step);
          long at = CpuSoftmax.rowStart(layout, (long) task * step) * Float.BYTES;
          double sum = 0;
          for (int i = 0; i < width; i += BLOCK) {
            int n = Math.min(BLOCK, width - i);
            sum += Folds.f32(ReduceOp.SUM, segment, at + 4L * i, n, lanes, 0);
          }
          double[] both = new double[2];
          for (long row = (long) task * step; row < end; row++) {
            // behind the last row its own sum is taken again, and not used
            long next = row + 1 < end ? CpuSoftmax.rowStart(layout, row + 1) * Float.BYTES : at;
            float m = (float) (sum / width);
            both[0] = 0;
            both[1] = 0;
            for (int i = 0; i < width; i += BLOCK) {
              int n = Math.min(BLOCK, width - i);
              addSquaresAndSum(segment, at + 4L * i, m, next + 4L * i, n, lanes, both);
            }
            means.set(FLOAT, startMean + row * Float.BYTES, m);
            totals.set(FLOAT, startTotal + row * Float.BYTES, (float) both[0]);
            sum = both[1];
            at = next;
          }
        });
  }

  /**
   * {@code Σ (x − mean)²} of one block, which the cache holds, and beside it the sum of a block of
   * the next row, which comes from memory; the sum in the order of {@link Folds}.
   */
  private static void addSquaresAndSum(
      MemorySegment x, long at, float mean, long next, int n, MemorySegment lanes, double... both) {
    double squares = 0;
    double sum = 0;
    int i = 0;
    if (n >= 4 * L) {
      long p = x.address() + at;
      long q = x.address() + next;
      var m = FloatVector.broadcast(S, mean);
      var s0 = FloatVector.zero(S);
      var s1 = s0;
      var s2 = s0;
      var s3 = s0;
      var t0 = s0;
      var t1 = s0;
      i = n / (4 * L) * (4 * L);
      // not a counted loop: see ElementWise on what is fetched ahead
      for (long shift = 0; shift != 4L * i; shift += 16L * L) {
        long u = p + shift;
        long v = q + shift;
        var a = FloatVector.fromMemorySegment(S, ALL, u, ORDER).sub(m);
        var b = FloatVector.fromMemorySegment(S, ALL, u + 4L * L, ORDER).sub(m);
        var c = FloatVector.fromMemorySegment(S, ALL, u + 8L * L, ORDER).sub(m);
        var d = FloatVector.fromMemorySegment(S, ALL, u + 12L * L, ORDER).sub(m);
        t0 = a.fma(a, t0);
        t1 = b.fma(b, t1);
        t0 = c.fma(c, t0);
        t1 = d.fma(d, t1);
        s0 = s0.add(FloatVector.fromMemorySegment(S, ALL, v, ORDER));
        s1 = s1.add(FloatVector.fromMemorySegment(S, ALL, v + 4L * L, ORDER));
        s2 = s2.add(FloatVector.fromMemorySegment(S, ALL, v + 8L * L, ORDER));
        s3 = s3.add(FloatVector.fromMemorySegment(S, ALL, v + 12L * L, ORDER));
      }
      t0.add(t1).intoMemorySegment(lanes, 0, ORDER);
      s0.add(s1).add(s2.add(s3)).intoMemorySegment(lanes, 4L * L, ORDER);
      for (int lane = 0; lane < L; lane++) {
        squares += lanes.get(FLOAT, 4L * lane);
        sum += lanes.get(FLOAT, 4L * (L + lane));
      }
    }
    for (; i < n; i++) {
      float d = x.get(FLOAT, at + 4L * i) - mean;
      squares += d * d;
      sum += x.get(FLOAT, next + 4L * i);
    }
    both[0] += squares;
    both[1] += sum;
  }
}
