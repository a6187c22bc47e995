package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LT;

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

  /** The body stands in the loop: as a method it would be compiled alone, and its vectors boxed. */
  static void log1p(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      var u = x.add(1f);
      if (VectorMath.areNormal(u)) {
        var lost = x.sub(u.sub(1f)).div(u);
        var y = VectorMath.logOfNormal(u).add(lost);
        y.blend(x, x.abs().compare(LT, 1e-8f)).intoMemorySegment(ALL, q + 4L * i, ORDER);
      } else {
        log1pOf(p, q, i, i + L);
      }
    }
    if (i < n) {
      log1pOf(p, q, i, n);
    }
  }

  /** Special numbers, or less than a vector. */
  private static void log1pOf(long p, long q, int from, int to) {
    var there = S.indexInRange(from, to);
    var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * from, ORDER, there);
    VectorLogarithms.log1p(x).intoMemorySegment(ALL, q + 4L * from, ORDER, there);
  }

  static void softplus(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      var e = VectorMath.expOfNegative(x.abs().neg());
      var u = e.add(1f);
      if (x.compare(EQ, x).allTrue()) { // 1 + eˣ is between 1 and 2 then
        var lost = e.sub(u.sub(1f)).div(u);
        var y = VectorMath.logOfNormal(u).add(lost);
        y = y.blend(e, e.compare(LT, 1e-8f));
        y.add(x.blend(0f, x.compare(LT, 0f))).intoMemorySegment(ALL, q + 4L * i, ORDER);
      } else {
        softplusOf(p, q, i, i + L);
      }
    }
    if (i < n) {
      softplusOf(p, q, i, n);
    }
  }

  private static void softplusOf(long p, long q, int from, int to) {
    var there = S.indexInRange(from, to);
    var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * from, ORDER, there);
    VectorLogarithms.softplus(x).intoMemorySegment(ALL, q + 4L * from, ORDER, there);
  }

  static void asinh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.asinhArgument(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.asinhArgument(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
    signedLog1p(q, 1f, n);
  }

  static void acosh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.acoshArgument(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.acoshArgument(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
    signedLog1p(q, 1f, n);
  }

  static void atanh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorLogarithms.atanhArgument(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER, there);
      VectorLogarithms.atanhArgument(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
    signedLog1p(q, 0.5f, n);
  }

  /**
   * The second pass of inverse hyperbolic functions, over the block that the first has left in the
   * cache; see {@link VectorLogarithms#signedLog1p}.
   */
  private static void signedLog1p(long q, float scale, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var h = FloatVector.fromMemorySegment(S, ALL, q + 4L * i, ORDER);
      var x = h.abs().add(h.abs());
      var u = x.add(1f);
      if (VectorMath.areNormal(u)) {
        var lost = x.sub(u.sub(1f)).div(u);
        var y = VectorMath.logOfNormal(u).add(lost);
        y = y.blend(x, x.compare(LT, 1e-8f));
        var sign = h.reinterpretAsInts().and(VectorMath.SIGN);
        y.mul(scale)
            .reinterpretAsInts()
            .or(sign)
            .reinterpretAsFloats()
            .intoMemorySegment(ALL, q + 4L * i, ORDER);
      } else {
        signedLog1pOf(q, scale, i, i + L);
      }
    }
    if (i < n) {
      signedLog1pOf(q, scale, i, n);
    }
  }

  private static void signedLog1pOf(long q, float scale, int from, int to) {
    var there = S.indexInRange(from, to);
    var h = FloatVector.fromMemorySegment(S, ALL, q + 4L * from, ORDER, there);
    VectorLogarithms.signedLog1p(h, scale).intoMemorySegment(ALL, q + 4L * from, ORDER, there);
  }
}
