package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Where the largest float of a contiguous row first stands. One pass keeps the largest of each lane
 * and the step in which it came, so that only one step is looked at again; memory bounds it.
 */
final class RowExtremum {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, S.vectorShape());
  private static final int L = S.length();
  private static final long WIDTH = S.vectorByteSize();
  private static final FloatVector ZERO = FloatVector.zero(S);

  /** Floats of a step. */
  static final int STEP = 512;

  /** Bytes of scratch memory. */
  static final long ROOM = 3 * WIDTH;

  private RowExtremum() {}

  /**
   * The index of the first largest of n floats, at least {@link #STEP}; −1 where NaN or an infinity
   * is among them, which this cannot tell apart.
   */
  static long firstLargest(MemorySegment x, long at, int n, MemorySegment lanes) {
    long p = x.address() + at;
    int whole = n / STEP * STEP;
    var top = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    var place = IntVector.zero(I);
    var t0 = FloatVector.zero(S);
    var t1 = FloatVector.zero(S);
    for (int from = 0; from < whole; from += STEP) {
      var m0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
      var m1 = m0;
      for (int i = from; i < from + STEP; i += 2 * L) {
        var x0 = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
        var x1 = FloatVector.fromMemorySegment(S, ALL, p + 4L * (i + L), ORDER);
        m0 = m0.blend(x0, x0.compare(GT, m0));
        m1 = m1.blend(x1, x1.compare(GT, m1));
        // the sum is no number where NaN or an infinity was among them
        t0 = x0.fma(ZERO, t0);
        t1 = x1.fma(ZERO, t1);
      }
      m0 = m0.blend(m1, m1.compare(GT, m0));
      var better = m0.compare(GT, top);
      top = top.blend(m0, better);
      place = place.blend(from, better.cast(I));
    }
    top.intoMemorySegment(lanes, 0, ORDER);
    place.intoMemorySegment(lanes, WIDTH, ORDER);
    t0.add(t1).intoMemorySegment(lanes, 2 * WIDTH, ORDER);
    float wanted = Float.NEGATIVE_INFINITY;
    int step = whole;
    for (int lane = 0; lane < L; lane++) {
      if (lanes.get(FLOAT, 2 * WIDTH + 4L * lane) != 0) {
        return -1;
      }
      float value = lanes.get(FLOAT, 4L * lane);
      int first = lanes.get(Memory.INT, WIDTH + 4L * lane);
      if (value > wanted) {
        wanted = value;
        step = first;
      } else if (value == wanted) {
        step = Math.min(step, first);
      }
    }
    for (int i = whole; i < n; i++) {
      float value = x.get(FLOAT, at + 4L * i);
      if (!Float.isFinite(value)) {
        return -1;
      }
      if (value > wanted) {
        return firstLargestOfTail(x, at, i, n);
      }
    }
    return firstEqual(x, at, step, n, wanted);
  }

  /** The same from {@code from} on, where the largest is known to stand; all are finite or NaN. */
  private static long firstLargestOfTail(MemorySegment x, long at, int from, int n) {
    int best = from;
    float value = x.get(FLOAT, at + 4L * from);
    for (int i = from + 1; i < n; i++) {
      float v = x.get(FLOAT, at + 4L * i);
      if (!Float.isFinite(v)) {
        return -1;
      }
      if (v > value) {
        value = v;
        best = i;
      }
    }
    return best;
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
}
