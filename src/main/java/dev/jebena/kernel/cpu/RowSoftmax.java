package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** The passes over one contiguous row that softmax and cross-entropy are made of. */
final class RowSoftmax {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();
  private static final long WIDTH = F32.vectorByteSize();

  private RowSoftmax() {}

  /** The largest of {@code n} floats; NaN where one is NaN. */
  static float max(MemorySegment x, long at, int n) {
    var m0 = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
    var m1 = m0;
    int i = 0;
    for (; i <= n - 2 * LANES; i += 2 * LANES) {
      long from = at + (long) i * Float.BYTES;
      m0 = m0.max(FloatVector.fromMemorySegment(F32, x, from, ORDER));
      m1 = m1.max(FloatVector.fromMemorySegment(F32, x, from + WIDTH, ORDER));
    }
    float max = RowDot.foldMax(m0.max(m1));
    for (; i < n; i++) {
      max = Math.max(max, x.get(FLOAT, at + (long) i * Float.BYTES));
    }
    return max;
  }

  /** {@code out = exp(x − max)} over {@code n} floats; their sum. */
  static float exponentials(
      MemorySegment x, long at, MemorySegment out, long outAt, float max, int n) {
    var sum = FloatVector.zero(F32);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var e = VectorMath.exp(FloatVector.fromMemorySegment(F32, x, at + shift, ORDER).sub(max));
      e.intoMemorySegment(out, outAt + shift, ORDER);
      sum = sum.add(e);
    }
    float total = RowDot.fold(sum);
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float e = VectorMath.exp(x.get(FLOAT, at + shift) - max);
      out.set(FLOAT, outAt + shift, e);
      total += e;
    }
    return total;
  }

  /** {@code Σ exp(x − max)} over {@code n} floats, in the same order. */
  static float sumOfExponentials(MemorySegment x, long at, float max, int n) {
    var sum = FloatVector.zero(F32);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      sum =
          sum.add(
              VectorMath.exp(FloatVector.fromMemorySegment(F32, x, at + shift, ORDER).sub(max)));
    }
    float total = RowDot.fold(sum);
    for (; i < n; i++) {
      total += VectorMath.exp(x.get(FLOAT, at + (long) i * Float.BYTES) - max);
    }
    return total;
  }
}
