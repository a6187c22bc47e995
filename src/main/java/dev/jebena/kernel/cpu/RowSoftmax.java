package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** The passes over one contiguous row that softmax and cross-entropy are made of. */
final class RowSoftmax {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  private RowSoftmax() {}

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
