package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise f32 loops over {@link VectorLogarithms}; n elements. The end of a block is a vector
 * with lanes missing.
 */
final class F32Logarithms {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private F32Logarithms() {}

  static void log2(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.log2(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.log2(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void log10(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.log10(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.log10(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void log1p(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.log1p(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.log1p(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void softplus(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.softplus(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.softplus(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void asinh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.asinh(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.asinh(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void acosh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.acosh(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.acosh(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }

  static void atanh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.atanh(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.atanh(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }
}
