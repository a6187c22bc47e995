package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Passes of {@link RowSoftmax} over rows that follow each other: while the exponentials of one row
 * are computed, which arithmetic bounds, the largest number of the next is found, which memory
 * bounds, and the row before is finished, which is still in a cache. Not thread-safe: one for each
 * task. Offsets are in bytes; {@code next} is where the next row begins, or negative where there is
 * none. The bits are those of {@link RowSoftmax}.
 */
final class SoftmaxRows {
  private static final int L = F32.length();
  private static final FloatVector ZERO = FloatVector.zero(F32);

  private static final long WIDTH = F32.vectorByteSize();

  /** Bytes of scratch memory. */
  static final long ROOM = 3 * WIDTH;

  private final long lanes;
  private float nextMax = Float.NaN;

  /** With scratch memory of {@link #ROOM} bytes. */
  SoftmaxRows(MemorySegment scratch) {
    lanes = scratch.address();
  }

  /** The largest number of what was the next row in the last call; NaN where there was none. */
  float nextMax() {
    return nextMax;
  }

  /**
   * {@code out = exp(x − max)} over {@code n} floats, whose sum it returns; the row before is
   * multiplied by {@code last}.
   *
   * @param before where the result of the row before begins, or {@code outAt} for none
   */
  float exponentials(
      MemorySegment x,
      long at,
      MemorySegment out,
      long outAt,
      float max,
      int n,
      long next,
      long before,
      float last) {
    if (next < 0 || !Float.isFinite(max)) {
      nextMax = next < 0 ? Float.NaN : RowSoftmax.max(x, next, n);
      if (before != outAt) {
        F32Numbers.mul(out, before, last, out, before, n);
      }
      return RowSoftmax.exponentials(x, at, out, outAt, max, n);
    }
    long p = x.address() + at;
    long r = x.address() + next;
    long q = out.address() + outAt;
    long b = out.address() + before;
    // not the constants: a loop that begins with an object keeps its vectors in objects
    var sum = FloatVector.zero(F32);
    var top = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
    var nan = sum;
    int i = 0;
    for (; i <= n - L; i += L) {
      // where there is no row before, what this writes is overwritten at once
      FloatVector.fromMemorySegment(F32, ALL, b + 4L * i, ORDER)
          .mul(last)
          .intoMemorySegment(ALL, b + 4L * i, ORDER);
      var e =
          VectorMath.expBelowMaximum(
              FloatVector.fromMemorySegment(F32, ALL, p + 4L * i, ORDER).sub(max));
      e.intoMemorySegment(ALL, q + 4L * i, ORDER);
      sum = sum.add(e);
      var y = FloatVector.fromMemorySegment(F32, ALL, r + 4L * i, ORDER);
      top = top.blend(y, y.compare(GT, top));
      nan = y.fma(ZERO, nan);
    }
    // a vector that crosses a call is boxed
    sum.intoMemorySegment(ALL, lanes, ORDER);
    top.intoMemorySegment(ALL, lanes + WIDTH, ORDER);
    nan.intoMemorySegment(ALL, lanes + 2 * WIDTH, ORDER);
    nextMax = largest(x, next, n, i);
    float total = total();
    for (; i < n; i++) {
      out.set(FLOAT, before + 4L * i, out.get(FLOAT, before + 4L * i) * last);
      float e = VectorMath.expBelowMaximum(x.get(FLOAT, at + 4L * i) - max);
      out.set(FLOAT, outAt + 4L * i, e);
      total += e;
    }
    return total;
  }

  /**
   * {@code Σ exp(x − max)} over {@code n} floats; beside it the row before is finished, {@code out
   * = x − beforeMax − last}, which is written once that way.
   */
  float sumBesideDifferences(
      MemorySegment x,
      long at,
      float max,
      int n,
      long next,
      long before,
      MemorySegment out,
      long outBefore,
      float beforeMax,
      float last) {
    if (next < 0 || !Float.isFinite(max)) {
      differences(x, before, beforeMax, last, out, outBefore, n);
      return sumOfExponentials(x, at, max, n, next);
    }
    long p = x.address() + at;
    long r = x.address() + next;
    long b = x.address() + before;
    long q = out.address() + outBefore;
    // not the constants: a loop that begins with an object keeps its vectors in objects
    var sum = FloatVector.zero(F32);
    var top = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
    var nan = sum;
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromMemorySegment(F32, ALL, b + 4L * i, ORDER)
          .sub(beforeMax)
          .sub(last)
          .intoMemorySegment(ALL, q + 4L * i, ORDER);
      var e =
          VectorMath.expBelowMaximum(
              FloatVector.fromMemorySegment(F32, ALL, p + 4L * i, ORDER).sub(max));
      sum = sum.add(e);
      var y = FloatVector.fromMemorySegment(F32, ALL, r + 4L * i, ORDER);
      top = top.blend(y, y.compare(GT, top));
      nan = y.fma(ZERO, nan);
    }
    // a vector that crosses a call is boxed
    sum.intoMemorySegment(ALL, lanes, ORDER);
    top.intoMemorySegment(ALL, lanes + WIDTH, ORDER);
    nan.intoMemorySegment(ALL, lanes + 2 * WIDTH, ORDER);
    nextMax = largest(x, next, n, i);
    float total = total();
    for (; i < n; i++) {
      float difference = x.get(FLOAT, before + 4L * i) - beforeMax;
      out.set(FLOAT, outBefore + 4L * i, difference - last);
      total += VectorMath.expBelowMaximum(x.get(FLOAT, at + 4L * i) - max);
    }
    return total;
  }

  /** {@code out = x − max − last} over {@code n} floats. */
  static void differences(
      MemorySegment x, long at, float max, float last, MemorySegment out, long outAt, int n) {
    long p = x.address() + at;
    long q = out.address() + outAt;
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromMemorySegment(F32, ALL, p + 4L * i, ORDER)
          .sub(max)
          .sub(last)
          .intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      out.set(FLOAT, outAt + 4L * i, x.get(FLOAT, at + 4L * i) - max - last);
    }
  }

  /** {@code Σ exp(x − max)} over {@code n} floats. */
  float sumOfExponentials(MemorySegment x, long at, float max, int n, long next) {
    if (next < 0 || !Float.isFinite(max)) {
      nextMax = next < 0 ? Float.NaN : RowSoftmax.max(x, next, n);
      return RowSoftmax.sumOfExponentials(x, at, max, n);
    }
    long p = x.address() + at;
    long r = x.address() + next;
    // not the constants: a loop that begins with an object keeps its vectors in objects
    var sum = FloatVector.zero(F32);
    var top = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
    var nan = sum;
    int i = 0;
    for (; i <= n - L; i += L) {
      var e =
          VectorMath.expBelowMaximum(
              FloatVector.fromMemorySegment(F32, ALL, p + 4L * i, ORDER).sub(max));
      sum = sum.add(e);
      var y = FloatVector.fromMemorySegment(F32, ALL, r + 4L * i, ORDER);
      top = top.blend(y, y.compare(GT, top));
      nan = y.fma(ZERO, nan);
    }
    // a vector that crosses a call is boxed
    sum.intoMemorySegment(ALL, lanes, ORDER);
    top.intoMemorySegment(ALL, lanes + WIDTH, ORDER);
    nan.intoMemorySegment(ALL, lanes + 2 * WIDTH, ORDER);
    nextMax = largest(x, next, n, i);
    float total = total();
    for (; i < n; i++) {
      total += VectorMath.expBelowMaximum(x.get(FLOAT, at + 4L * i) - max);
    }
    return total;
  }

  private float total() {
    return RowDot.fold(FloatVector.fromMemorySegment(F32, ALL, lanes, ORDER));
  }

  /** From the lanes over the first {@code done} floats and what is left of the row. */
  private float largest(MemorySegment x, long at, int n, int done) {
    var nan = FloatVector.fromMemorySegment(F32, ALL, lanes + 2 * WIDTH, ORDER);
    if (!nan.compare(EQ, 0f).allTrue()) {
      return RowSoftmax.max(x, at, n);
    }
    float max = RowDot.foldMax(FloatVector.fromMemorySegment(F32, ALL, lanes + WIDTH, ORDER));
    for (int i = done; i < n; i++) {
      max = Math.max(max, x.get(FLOAT, at + 4L * i));
    }
    return max;
  }
}
