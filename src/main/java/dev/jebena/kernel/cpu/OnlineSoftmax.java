package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The largest number of a row and the sum of its exponentials below that, in one pass (Milakov and
 * Gimelshein, <a href="https://arxiv.org/abs/1805.02867">Online normalizer calculation for
 * softmax</a>): each lane keeps a running maximum and sum, which is scaled when a group of vectors
 * raises the maximum, so that an element costs little more than one exponential and memory is read
 * once, as one stream. Not thread-safe: one for each task.
 */
final class OnlineSoftmax {
  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F32.vectorShape());
  private static final int L = F32.length();
  private static final long WIDTH = F32.vectorByteSize();
  private static final float LOWEST = Float.NEGATIVE_INFINITY;

  /** Vectors that share a maximum: 4 KiB at most, which the nearest cache holds. */
  private static final int GROUP = 64;

  /** Bytes of scratch memory: the maxima and the sums. */
  static final long ROOM = 2 * WIDTH;

  private final long lanes;
  private float max;
  private float sum;

  /** With scratch memory of {@link #ROOM} bytes, which outlives this. */
  OnlineSoftmax(MemorySegment scratch) {
    lanes = scratch.address();
  }

  /** Takes n floats, at least one, from a byte offset on. */
  void fold(MemorySegment x, long at, int n) {
    int whole = n / L * L;
    max = LOWEST;
    sum = 0;
    if (whole > 0) {
      foldVectors(x.address() + at, whole);
    }
    float top = max;
    for (int i = whole; i < n; i++) {
      top = Math.max(top, x.get(FLOAT, at + 4L * i));
    }
    if (!Float.isFinite(top) || sum != sum) {
      max = FloatRange.max(x, at, n);
      sum = RowSoftmax.sumOfExponentials(x, at, max, n);
      return;
    }
    if (top > max) {
      sum *= VectorMath.expBelowMaximum(max - top);
      max = top;
    }
    for (int i = whole; i < n; i++) {
      sum += VectorMath.expBelowMaximum(x.get(FLOAT, at + 4L * i) - max);
    }
  }

  /** The largest number of the row; NaN where one is NaN. */
  float max() {
    return max;
  }

  /** {@code Σ exp(x − max)}. */
  float sum() {
    return sum;
  }

  private void foldVectors(long from, int n) {
    FloatVector.broadcast(F32, LOWEST).intoMemorySegment(ALL, lanes, ORDER);
    FloatVector.zero(F32).intoMemorySegment(ALL, lanes + WIDTH, ORDER);
    long last = from + 4L * n;
    for (long p = from; p != last; ) {
      long end = Math.min(p + GROUP * WIDTH, last);
      foldGroup(p, end, lanes);
      p = end;
    }
    var top = FloatVector.fromMemorySegment(F32, ALL, lanes, ORDER);
    var bits = top.reinterpretAsInts();
    int highest = bits.reduceLanes(MAX);
    max = Float.intBitsToFloat(highest >= 0 ? highest : bits.reduceLanes(MIN));
    sum = total(max == LOWEST ? 0 : max);
  }

  /**
   * Takes a group into maxima and sums. They go from group to group in memory: as variables of a
   * loop around this, the compiler may box them.
   */
  private static void foldGroup(long from, long end, long lanes) {
    var high = IntVector.broadcast(I, Integer.MIN_VALUE);
    var low = IntVector.broadcast(I, Integer.MAX_VALUE);
    // not counted loops: see ElementWise on what is fetched ahead
    for (long p = from; p != end; p += WIDTH) {
      // the bits of floats above 0 are ordered as they are, of those below the other way round
      var bits = IntVector.fromMemorySegment(I, ALL, p, ORDER);
      high = high.max(bits);
      low = low.min(bits);
    }
    var next = low.blend(high, high.compare(GE, 0)).reinterpretAsFloats();
    var top = FloatVector.fromMemorySegment(F32, ALL, lanes, ORDER);
    next = next.blend(top, top.compare(GT, next));
    next.intoMemorySegment(ALL, lanes, ORDER);
    // −∞ − (−∞) would be NaN where so far there was nothing else
    var shift = next.blend(0f, next.compare(EQ, LOWEST));
    var total =
        FloatVector.fromMemorySegment(F32, ALL, lanes + WIDTH, ORDER)
            .mul(VectorMath.expBelowMaximum(top.sub(shift)));
    for (long p = from; p != end; p += WIDTH) {
      var x = FloatVector.fromMemorySegment(F32, ALL, p, ORDER);
      total = total.add(VectorMath.expBelowMaximum(x.sub(shift)));
    }
    total.intoMemorySegment(ALL, lanes + WIDTH, ORDER);
  }

  /** The sum of all lanes below one maximum. */
  private float total(float top) {
    var factor =
        VectorMath.expBelowMaximum(FloatVector.fromMemorySegment(F32, ALL, lanes, ORDER).sub(top));
    return RowDot.fold(FloatVector.fromMemorySegment(F32, ALL, lanes + WIDTH, ORDER).mul(factor));
  }
}
