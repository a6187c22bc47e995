package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rotary embedding in one pass, bound by memory. A task turns all rows of a few positions, which
 * lie side by side where heads are cut out of {@code [B, T, H·D]}.
 */
final class CpuRope implements RopeKernel {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  /** Exchanges the members of each pair. */
  private static final VectorShuffle<Float> PARTNER = VectorShuffle.fromOp(F32, lane -> lane ^ 1);

  private final WorkerPool pool;

  CpuRope(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void rotate(
      Operand xOperand,
      Operand cosOperand,
      Operand sinOperand,
      boolean interleaved,
      boolean inverse,
      Operand outOperand) {
    if (outOperand.elements() == 0) {
      return;
    }
    var x = ((HostBuffer) xOperand.buffer()).segment();
    var out = ((HostBuffer) outOperand.buffer()).segment();
    var cos = Contiguous.of(cosOperand);
    var sin = Contiguous.of(sinOperand);
    int width = Math.toIntExact(xOperand.shape().size(-1));
    int positions = Math.toIntExact(xOperand.shape().size(-2));
    long rows = xOperand.elements() / width / positions;
    int step = Contiguous.rowsPerTask(rows * width);
    var xLayout = xOperand.layout();
    var outLayout = outOperand.layout();
    long[] xStarts = starts(xLayout, Math.toIntExact(rows));
    long[] outStarts = starts(outLayout, Math.toIntExact(rows));
    long xStride = xLayout.stride(-2) * Float.BYTES;
    long outStride = outLayout.stride(-2) * Float.BYTES;
    long row = (long) width * Float.BYTES;
    pool.run(
        (positions + step - 1) / step,
        task -> {
          var factors = pool.scratch().area(Scratch.FUSED, 2 * row);
          int end = Math.min(positions, (task + 1) * step);
          for (int t = task * step; t < end; t++) {
            long cosAt = cos.at((long) t * width / 2);
            long sinAt = sin.at((long) t * width / 2);
            factors(
                cos.segment(), cosAt, sin.segment(), sinAt, interleaved, inverse, factors, width);
            for (int i = 0; i < xStarts.length; i++) {
              long from = xStarts[i] + t * xStride;
              long to = outStarts[i] + t * outStride;
              if (interleaved) {
                pairs(x, from, factors, out, to, width);
              } else {
                halves(x, from, factors, out, to, width);
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
   * The factors of one position, one for each feature: {@code out = x · first + partner · second},
   * where the first member of a pair takes −sin and the second +sin.
   */
  private static void factors(
      MemorySegment cos,
      long cosAt,
      MemorySegment sin,
      long sinAt,
      boolean interleaved,
      boolean inverse,
      MemorySegment factors,
      int width) {
    int half = width / 2;
    for (int k = 0; k < half; k++) {
      float c = cos.get(FLOAT, cosAt + (long) k * Float.BYTES);
      float s = sin.get(FLOAT, sinAt + (long) k * Float.BYTES);
      float turn = inverse ? -s : s;
      int first = interleaved ? 2 * k : k;
      int second = interleaved ? 2 * k + 1 : k + half;
      factors.setAtIndex(FLOAT, first, c);
      factors.setAtIndex(FLOAT, second, c);
      factors.setAtIndex(FLOAT, width + first, -turn);
      factors.setAtIndex(FLOAT, width + second, turn);
    }
  }

  private static void pairs(
      MemorySegment x, long at, MemorySegment factors, MemorySegment out, long outAt, int width) {
    long second = (long) width * Float.BYTES;
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var v = FloatVector.fromMemorySegment(F32, x, at + shift, ORDER);
      var c = FloatVector.fromMemorySegment(F32, factors, shift, ORDER);
      var s = FloatVector.fromMemorySegment(F32, factors, second + shift, ORDER);
      v.mul(c).add(v.rearrange(PARTNER).mul(s)).intoMemorySegment(out, outAt + shift, ORDER);
    }
    for (; i < width; i += 2) {
      long shift = (long) i * Float.BYTES;
      pair(x, at + shift, 4, factors, shift, second, out, outAt + shift);
    }
  }

  private static void halves(
      MemorySegment x, long at, MemorySegment factors, MemorySegment out, long outAt, int width) {
    int half = width / 2;
    long partner = (long) half * Float.BYTES;
    long second = (long) width * Float.BYTES;
    int i = 0;
    for (; i <= half - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var a = FloatVector.fromMemorySegment(F32, x, at + shift, ORDER);
      var b = FloatVector.fromMemorySegment(F32, x, at + partner + shift, ORDER);
      var c = FloatVector.fromMemorySegment(F32, factors, shift, ORDER);
      var s = FloatVector.fromMemorySegment(F32, factors, second + partner + shift, ORDER);
      a.mul(c).sub(b.mul(s)).intoMemorySegment(out, outAt + shift, ORDER);
      b.mul(c).add(a.mul(s)).intoMemorySegment(out, outAt + partner + shift, ORDER);
    }
    for (; i < half; i++) {
      long shift = (long) i * Float.BYTES;
      pair(x, at + shift, partner, factors, shift, second, out, outAt + shift);
    }
  }

  /** One pair whose members are {@code partner} bytes apart. */
  private static void pair(
      MemorySegment x,
      long at,
      long partner,
      MemorySegment factors,
      long factorAt,
      long second,
      MemorySegment out,
      long outAt) {
    float a = x.get(FLOAT, at);
    float b = x.get(FLOAT, at + partner);
    float c = factors.get(FLOAT, factorAt);
    float s = factors.get(FLOAT, factorAt + second + partner);
    out.set(FLOAT, outAt, a * c - b * s);
    out.set(FLOAT, outAt + partner, b * c + a * s);
  }
}
