package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise f32 loops over {@link VectorExponentials}; n elements. The end of a block is a
 * vector with lanes missing.
 */
final class F32Exponentials {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private F32Exponentials() {}

  static void exp2(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorExponentials.exp2(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorExponentials.exp2(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void expm1(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorExponentials.expm1(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorExponentials.expm1(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void sinh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorExponentials.sinh(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorExponentials.sinh(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void cosh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorExponentials.cosh(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorExponentials.cosh(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void erfc(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorExponentials.erfc(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorExponentials.erfc(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }
}
