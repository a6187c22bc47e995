package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

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

  /** The body stands in the loop: as a method it would be compiled alone, and its vectors boxed. */
  static void erfc(MemorySegment in, long atIn, MemorySegment out, long atOut, int n) {
    long from = in.address() + atIn;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, from + 4L * i, ORDER);
      var size = x.abs();
      var a = size.blend(12f, size.compare(GT, 12f));
      var w = a.sub(2f).div(a.add(2f));
      var t = w.fma(VectorExponentials.TAIL_0, VectorExponentials.TAIL_1);
      t = t.fma(w, VectorExponentials.TAIL_2);
      t = t.fma(w, VectorExponentials.TAIL_3);
      t = t.fma(w, VectorExponentials.TAIL_4);
      t = t.fma(w, VectorExponentials.TAIL_5);
      t = t.fma(w, VectorExponentials.TAIL_6);
      t = t.fma(w, VectorExponentials.TAIL_7);
      t = t.fma(w, VectorExponentials.TAIL_8);
      t = t.fma(w, VectorExponentials.TAIL_9);
      t = t.fma(w, VectorExponentials.TAIL_10);
      t = t.div(a.fma(VectorExponentials.TWO, VectorExponentials.ONE));
      var square = a.mul(a);
      var rest = a.fma(a, square.neg());
      var e = VectorMath.exp(square.neg());
      var far = e.fma(rest.neg(), e).mul(t);
      far = far.blend(VectorExponentials.TWO.sub(far), x.compare(LT, 0f));
      var z = x.mul(x);
      var p = z.fma(VectorSigmoids.ERF_7, VectorSigmoids.ERF_8);
      p = p.fma(z, VectorSigmoids.ERF_9);
      p = p.fma(z, VectorSigmoids.ERF_10);
      p = p.fma(z, VectorSigmoids.ERF_11);
      p = p.fma(z, VectorSigmoids.ERF_12);
      p = p.fma(z, VectorSigmoids.ERF_13);
      far.blend(VectorExponentials.ONE.sub(p.fma(x, x)), size.compare(LT, 0.5f))
          .intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    if (i < n) {
      var there = S.indexInRange(i, n);
      var x = FloatVector.fromMemorySegment(S, ALL, from + 4L * i, ORDER, there);
      VectorExponentials.erfc(x).intoMemorySegment(ALL, q + 4L * i, ORDER, there);
    }
  }
}
