package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Dot products of short contiguous rows. Lanes are folded in a fixed tree of halves, which the
 * library's own reduction does not promise.
 */
final class RowDot {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();
  private static final VectorShuffle<Float> SWAP_8 = swap(8);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_1 = swap(1);

  private RowDot() {}

  /** Exchanges neighbouring groups of lanes. */
  private static VectorShuffle<Float> swap(int group) {
    return VectorShuffle.fromOp(F32, lane -> (lane ^ group) % F32.length());
  }

  /** Σ x·y over {@code width} floats. */
  static float dot(MemorySegment x, long xAt, MemorySegment y, long yAt, int width) {
    var sum = FloatVector.zero(F32);
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      long byteIndex = (long) i * Float.BYTES;
      sum =
          FloatVector.fromMemorySegment(F32, x, xAt + byteIndex, ORDER)
              .fma(FloatVector.fromMemorySegment(F32, y, yAt + byteIndex, ORDER), sum);
    }
    float total = fold(sum);
    for (; i < width; i++) {
      long byteIndex = (long) i * Float.BYTES;
      total = Math.fma(x.get(FLOAT, xAt + byteIndex), y.get(FLOAT, yAt + byteIndex), total);
    }
    return total;
  }

  /** Σ x over {@code n} floats. */
  static float sum(MemorySegment x, long at, int n) {
    var sum = FloatVector.zero(F32);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      sum = sum.add(FloatVector.fromMemorySegment(F32, x, at + (long) i * Float.BYTES, ORDER));
    }
    float total = fold(sum);
    for (; i < n; i++) {
      total += x.get(FLOAT, at + (long) i * Float.BYTES);
    }
    return total;
  }

  /** The sum of all lanes. */
  static float fold(FloatVector v) {
    var sum = v;
    if (LANES >= 16) {
      sum = sum.add(sum.rearrange(SWAP_8));
    }
    if (LANES >= 8) {
      sum = sum.add(sum.rearrange(SWAP_4));
    }
    sum = sum.add(sum.rearrange(SWAP_2));
    return sum.add(sum.rearrange(SWAP_1)).lane(0);
  }
}
