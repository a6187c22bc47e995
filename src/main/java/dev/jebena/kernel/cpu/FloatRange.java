package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The largest and the smallest of contiguous floats, by their bits as whole numbers, which takes
 * one instruction where being right about NaN takes six, and one cycle where a comparison and a
 * choice take as many. Above zero, floats are ordered as their bits are; below zero, the other way
 * round. So three numbers tell everything: the highest and the lowest of the bits with a sign, and
 * the highest of the bits without, which is the negative number farthest from zero, or a NaN.
 */
final class FloatRange {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, S.vectorShape());
  private static final int L = S.length();
  private static final long WIDTH = S.vectorByteSize();
  private static final IntVector FLIP = IntVector.broadcast(I, Integer.MIN_VALUE);
  private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
  private static final int MINUS_INFINITE = Float.floatToRawIntBits(Float.NEGATIVE_INFINITY);

  private FloatRange() {}

  /** The largest of n floats from a byte offset on; −∞ of none, NaN where one is NaN. */
  static float max(MemorySegment x, long at, int n) {
    if (n >= L) {
      return extremum(x.address() + at, n, true);
    }
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x.get(FLOAT, at + 4L * i));
    }
    return max;
  }

  /** The smallest of n floats from a byte offset on; ∞ of none, NaN where one is NaN. */
  static float min(MemorySegment x, long at, int n) {
    if (n >= L) {
      return extremum(x.address() + at, n, false);
    }
    float min = Float.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      min = Math.min(min, x.get(FLOAT, at + 4L * i));
    }
    return min;
  }

  /** Where {@code wanted} first stands from {@code from} on. */
  static long firstEqual(MemorySegment x, long at, int from, int n, float wanted) {
    long p = x.address() + at;
    int i = from;
    for (; i <= n - L; i += L) {
      var found = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER).compare(EQ, wanted);
      if (found.anyTrue()) {
        return i + found.firstTrue();
      }
    }
    for (; i < n; i++) {
      if (x.get(FLOAT, at + 4L * i) == wanted) {
        return i;
      }
    }
    return 0; // not reached: the extremum is one of the elements
  }

  /** Of n floats, a vector at least; the last group overlaps the one before. */
  private static float extremum(long from, int n, boolean largest) {
    long end = from + 4L * n;
    long second = Math.min(WIDTH, end - WIDTH - from);
    long third = Math.min(2 * WIDTH, end - WIDTH - from);
    long fourth = Math.min(3 * WIDTH, end - WIDTH - from);
    long last = end - WIDTH - fourth;
    var high = IntVector.broadcast(I, Integer.MIN_VALUE);
    var low = IntVector.broadcast(I, Integer.MAX_VALUE);
    var far = IntVector.broadcast(I, Integer.MIN_VALUE);
    long p = from;
    // One loop that is not counted: see ElementWise on what is fetched ahead. With a second one for
    // the rest, vectors that go from one to the other were boxed in every turn.
    while (true) {
      var a = IntVector.fromMemorySegment(I, ALL, p, ORDER);
      var b = IntVector.fromMemorySegment(I, ALL, p + second, ORDER);
      var c = IntVector.fromMemorySegment(I, ALL, p + third, ORDER);
      var d = IntVector.fromMemorySegment(I, ALL, p + fourth, ORDER);
      high = high.max(a).max(b).max(c).max(d);
      low = low.min(a).min(b).min(c).min(d);
      // Without a sign is with the other sign. UMAX, which is asked of what the loop carries, was
      // a virtual call where vectors of several lengths are about, and boxed.
      far = far.max(a.lanewise(XOR, FLIP)).max(b.lanewise(XOR, FLIP));
      far = far.max(c.lanewise(XOR, FLIP)).max(d.lanewise(XOR, FLIP));
      if (p == last) {
        break;
      }
      p = Math.min(p + 4 * WIDTH, last);
    }
    // whole numbers, so that the order of a reduction does not matter
    int highest = high.reduceLanes(MAX);
    int lowest = low.reduceLanes(MIN);
    int farthest = far.reduceLanes(MAX) ^ Integer.MIN_VALUE;
    return largest ? largest(highest, lowest, farthest) : smallest(highest, lowest, farthest);
  }

  /**
   * The largest float, or NaN where one was NaN, from the highest and the lowest bits with a sign
   * and the highest without.
   */
  static float largest(int high, int low, int far) {
    return isNan(high, far) ? Float.NaN : Float.intBitsToFloat(high >= 0 ? high : low);
  }

  private static float smallest(int high, int low, int far) {
    return isNan(high, far) ? Float.NaN : Float.intBitsToFloat(far < 0 ? far : low);
  }

  private static boolean isNan(int high, int far) {
    return high > INFINITE || Integer.compareUnsigned(far, MINUS_INFINITE) > 0;
  }
}
