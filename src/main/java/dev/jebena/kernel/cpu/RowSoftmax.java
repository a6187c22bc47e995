package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

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
  private static final FloatVector ZERO = FloatVector.zero(F32);

  private RowSoftmax() {}

  /** The largest of {@code n} floats; NaN where one is NaN. */
  static float max(MemorySegment x, long at, int n) {
    long p = x.address() + at;
    var m0 = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
    var m1 = m0;
    var nan = FloatVector.zero(F32);
    int i = 0;
    for (; i <= n - 2 * LANES; i += 2 * LANES) {
      long from = p + (long) i * Float.BYTES;
      var x0 = FloatVector.fromMemorySegment(F32, ALL, from, ORDER);
      var x1 = FloatVector.fromMemorySegment(F32, ALL, from + WIDTH, ORDER);
      // three instructions where a vector max takes six to be right about NaN; see Folds
      m0 = m0.blend(x0, x0.compare(GT, m0));
      m1 = m1.blend(x1, x1.compare(GT, m1));
      nan = x1.fma(ZERO, x0.fma(ZERO, nan));
    }
    float max = nan.compare(EQ, 0f).allTrue() ? RowDot.foldMax(m0.max(m1)) : exactMax(x, at, i);
    for (; i < n; i++) {
      max = Math.max(max, x.get(FLOAT, at + (long) i * Float.BYTES));
    }
    return max;
  }

  /** With NaN and infinities; n is a multiple of the vector's length. */
  private static float exactMax(MemorySegment x, long at, int n) {
    var m = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += LANES) {
      m = m.max(FloatVector.fromMemorySegment(F32, x, at + (long) i * Float.BYTES, ORDER));
    }
    return RowDot.foldMax(m);
  }

  /** {@code out = exp(x − max)} over {@code n} floats; their sum. */
  static float exponentials(
      MemorySegment x, long at, MemorySegment out, long outAt, float max, int n) {
    long p = x.address() + at;
    long q = out.address() + outAt;
    var sum = FloatVector.zero(F32);
    int i = 0;
    if (Float.isFinite(max)) {
      for (; i <= n - LANES; i += LANES) {
        long shift = (long) i * Float.BYTES;
        var d = FloatVector.fromMemorySegment(F32, ALL, p + shift, ORDER).sub(max);
        var e = VectorMath.expBelowMaximum(d);
        e.intoMemorySegment(ALL, q + shift, ORDER);
        sum = sum.add(e);
      }
    }
    float total = RowDot.fold(sum);
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float e = VectorMath.expBelowMaximum(x.get(FLOAT, at + shift) - max);
      out.set(FLOAT, outAt + shift, e);
      total += e;
    }
    return total;
  }

  /** {@code Σ exp(x − max)} over {@code n} floats, in the same order. */
  static float sumOfExponentials(MemorySegment x, long at, float max, int n) {
    long p = x.address() + at;
    var sum = FloatVector.zero(F32);
    int i = 0;
    if (Float.isFinite(max)) {
      for (; i <= n - LANES; i += LANES) {
        long shift = (long) i * Float.BYTES;
        var d = FloatVector.fromMemorySegment(F32, ALL, p + shift, ORDER).sub(max);
        sum = sum.add(VectorMath.expBelowMaximum(d));
      }
    }
    float total = RowDot.fold(sum);
    for (; i < n; i++) {
      total += VectorMath.expBelowMaximum(x.get(FLOAT, at + (long) i * Float.BYTES) - max);
    }
    return total;
  }
}
