package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.memory.Layout;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rotary embedding in one pass, bound by memory. A task turns all rows of a few positions, which
 * lie side by side where heads are cut out of {@code [B, T, H·D]}.
 */
final class CpuRope implements RopeKernel {
  private static final int LANES = F32.length();

  /** Exchanges the members of each pair. */
  private static final VectorShuffle<Float> PARTNER = VectorShuffle.fromOp(F32, lane -> lane ^ 1);

  private final WorkerPool pool;

  CpuRope(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void rotate(
      Operand x, Operand cos, Operand sin, boolean interleaved, boolean inverse, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    long xAt = Memory.of(x).address();
    long outAt = Memory.of(out).address();
    long cosAt = Memory.of(cos).address() + Memory.start(cos);
    long sinAt = Memory.of(sin).address() + Memory.start(sin);
    int half = Math.toIntExact(cos.shape().size(1));
    int width = Math.toIntExact(x.shape().size(-1));
    long still = (width - 2L * half) * Float.BYTES;
    int positions = Math.toIntExact(x.shape().size(-2));
    long rows = x.elements() / width / positions;
    int step = Contiguous.rowsPerTask(rows * width);
    long[] xStarts = starts(x.layout(), Math.toIntExact(rows));
    long[] outStarts = starts(out.layout(), Math.toIntExact(rows));
    long xStride = x.layout().stride(-2) * Float.BYTES;
    long outStride = out.layout().stride(-2) * Float.BYTES;
    float sign = inverse ? -1 : 1;
    pool.run(
        (positions + step - 1) / step,
        task -> {
          long pairs = pool.scratch().area(Scratch.FUSED, 4L * half * Float.BYTES).address();
          int end = Math.min(positions, (task + 1) * step);
          for (int t = task * step; t < end; t++) {
            long c = cosAt + (long) t * half * Float.BYTES;
            long s = sinAt + (long) t * half * Float.BYTES;
            if (interleaved) {
              spread(c, s, sign, pairs, half);
            }
            for (int i = 0; i < xStarts.length; i++) {
              long from = xAt + xStarts[i] + t * xStride;
              long to = outAt + outStarts[i] + t * outStride;
              if (interleaved) {
                pairs(from, pairs, to, 2 * half);
              } else {
                halves(from, c, s, sign, to, half);
              }
              if (still > 0) {
                long rest = 2L * half * Float.BYTES;
                MemorySegment.copy(ALL, from + rest, ALL, to + rest, still);
              }
            }
          }
        });
  }

  /** Where the first position of each leading index begins, in bytes. */
  private static long[] starts(Layout layout, int rows) {
    long[] starts = new long[rows];
    for (int i = 0; i < rows; i++) {
      long at = layout.offset();
      long rest = i;
      for (int axis = layout.rank() - 3; axis >= 0; axis--) {
        at += rest % layout.size(axis) * layout.stride(axis);
        rest /= layout.size(axis);
      }
      starts[i] = at * Float.BYTES;
    }
    return starts;
  }

  /**
   * The factors of one position, one for each feature, for pairs of neighbours: {@code out = x ·
   * first + partner · second}, where the first member of a pair takes −sin and the second +sin.
   */
  private static void spread(long cos, long sin, float sign, long factors, int half) {
    long second = 2L * half * Float.BYTES;
    for (int k = 0; k < half; k++) {
      float c = ALL.get(FLOAT, cos + 4L * k);
      float s = ALL.get(FLOAT, sin + 4L * k) * sign;
      ALL.set(FLOAT, factors + 8L * k, c);
      ALL.set(FLOAT, factors + 8L * k + 4, c);
      ALL.set(FLOAT, factors + second + 8L * k, -s);
      ALL.set(FLOAT, factors + second + 8L * k + 4, s);
    }
  }

  private static void pairs(long x, long factors, long out, int n) {
    long second = factors + (long) n * Float.BYTES;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      var v = FloatVector.fromMemorySegment(F32, ALL, x + 4L * i, ORDER);
      var c = FloatVector.fromMemorySegment(F32, ALL, factors + 4L * i, ORDER);
      var s = FloatVector.fromMemorySegment(F32, ALL, second + 4L * i, ORDER);
      v.mul(c).add(v.rearrange(PARTNER).mul(s)).intoMemorySegment(ALL, out + 4L * i, ORDER);
    }
    for (; i < n; i += 2) {
      float c = ALL.get(FLOAT, factors + 4L * i);
      float s = ALL.get(FLOAT, second + 4L * i + 4);
      pair(x + 4L * i, 4, c, s, out + 4L * i);
    }
  }

  private static void halves(long x, long cos, long sin, float sign, long out, int half) {
    long partner = (long) half * Float.BYTES;
    int i = 0;
    for (; i <= half - LANES; i += LANES) {
      var a = FloatVector.fromMemorySegment(F32, ALL, x + 4L * i, ORDER);
      var b = FloatVector.fromMemorySegment(F32, ALL, x + partner + 4L * i, ORDER);
      var c = FloatVector.fromMemorySegment(F32, ALL, cos + 4L * i, ORDER);
      var s = FloatVector.fromMemorySegment(F32, ALL, sin + 4L * i, ORDER).mul(sign);
      a.mul(c).sub(b.mul(s)).intoMemorySegment(ALL, out + 4L * i, ORDER);
      b.mul(c).add(a.mul(s)).intoMemorySegment(ALL, out + partner + 4L * i, ORDER);
    }
    for (; i < half; i++) {
      float c = ALL.get(FLOAT, cos + 4L * i);
      float s = ALL.get(FLOAT, sin + 4L * i) * sign;
      pair(x + 4L * i, partner, c, s, out + 4L * i);
    }
  }

  /** One pair whose members are {@code partner} bytes apart. */
  private static void pair(long x, long partner, float c, float s, long out) {
    float a = ALL.get(FLOAT, x);
    float b = ALL.get(FLOAT, x + partner);
    ALL.set(FLOAT, out, a * c - b * s);
    ALL.set(FLOAT, out + partner, b * c + a * s);
  }
}
