package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise f32 loops over {@link VectorAngles}; n elements. The end of a block is a vector with
 * lanes missing.
 */
final class F32Angles {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private F32Angles() {}

  static void asin(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorAngles.asin(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorAngles.asin(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void acos(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorAngles.acos(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorAngles.acos(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void atan(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorAngles.atan(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorAngles.atan(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void atan2(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long r = b.address() + atB;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var y = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      var x = FloatVector.fromMemorySegment(S, ALL, r + 4L * i, ORDER);
      VectorAngles.atan2(y, x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var y = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      var x = FloatVector.fromMemorySegment(S, ALL, r + 4L * i, ORDER, there);
      VectorAngles.atan2(y, x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void tan(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      if (VectorSines.needsScalarSine(x)) {
        tanOneByOne(a, atA, out, atOut, i, i + L);
      } else {
        // not as a method, which would be compiled alone and its vectors boxed
        var y = VectorSines.sin(x).div(VectorSines.cos(x));
        y.intoMemorySegment(ALL, q + 4L * i, ORDER);
      }
    }
    tanOneByOne(a, atA, out, atOut, i, n);
  }

  private static void tanOneByOne(
      MemorySegment a, long atA, MemorySegment out, long atOut, int from, int to) {
    for (int i = from; i < to; i++) {
      out.set(FLOAT, atOut + 4L * i, VectorAngles.tan(a.get(FLOAT, atA + 4L * i)));
    }
  }
}
