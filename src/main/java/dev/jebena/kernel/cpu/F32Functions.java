package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise f32 loops of the transcendental functions; n elements. Vectors and the tail go
 * through the twins of {@link VectorMath}, so that an element's result does not depend on where it
 * stands.
 *
 * <p>What bounds these loops is how many instructions an element takes, and a quarter of them deals
 * with infinities, NaN and numbers out of range. So a block is computed as if there were none, and
 * the bits of the largest magnitude are kept beside, which takes two instructions; where it is
 * beyond the limit, the block is computed again.
 */
final class F32Functions {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, S.vectorShape());
  private static final IntVector MAGNITUDE = IntVector.broadcast(I, Integer.MAX_VALUE);

  /** Up to here in magnitude {@link VectorMath#plainExp} is right. */
  private static final float EXP_LIMIT = 87f;

  private static final int LEAST_NORMAL = Float.floatToRawIntBits(Float.MIN_NORMAL);
  private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private F32Functions() {}

  /**
   * How many of n elements are tried as if they were within the range: all whole vectors, unless
   * results stand where elements did, which then could not be computed a second time.
   */
  private static int plainly(long p, long q, int n) {
    return Math.abs(p - q) >= 4L * n ? n / L * L : 0;
  }

  static void exp(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int whole = plainly(p, q, n);
    if (whole > 0 && !plainExp(p, q, whole)) {
      exp(p, q, whole);
    }
    exp(p + 4L * whole, q + 4L * whole, n - whole);
  }

  private static boolean plainExp(long p, long q, int n) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < n; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      largest = largest.max(x.reinterpretAsInts().and(MAGNITUDE));
      VectorMath.plainExp(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    return !largest.compare(GT, Float.floatToRawIntBits(EXP_LIMIT)).anyTrue();
  }

  private static void exp(long p, long q, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorMath.exp(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorMath.exp(x));
    }
  }

  static void log(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int whole = plainly(p, q, n);
    if (whole > 0 && !plainLog(p, q, whole)) {
      log(p, q, whole);
    }
    log(p + 4L * whole, q + 4L * whole, n - whole);
  }

  private static boolean plainLog(long p, long q, int n) {
    var lowest = IntVector.broadcast(I, Integer.MAX_VALUE);
    var highest = IntVector.zero(I);
    for (int i = 0; i < n; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      lowest = lowest.min(x.reinterpretAsInts());
      highest = highest.max(x.reinterpretAsInts());
      VectorMath.logOfNormal(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    return lowest.compare(LT, LEAST_NORMAL).or(highest.compare(GE, INFINITE)).not().allTrue();
  }

  private static void log(long p, long q, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorMath.log(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorMath.log(x));
    }
  }

  static void tanh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int whole = plainly(p, q, n);
    if (whole > 0 && !plainTanh(p, q, whole)) {
      tanh(p, q, whole);
    }
    tanh(p + 4L * whole, q + 4L * whole, n - whole);
  }

  private static boolean plainTanh(long p, long q, int n) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < n; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      largest = largest.max(x.reinterpretAsInts().and(MAGNITUDE));
      VectorSigmoids.plainTanh(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    return !largest.compare(GT, Float.floatToRawIntBits(VectorSigmoids.TANH_LIMIT)).anyTrue();
  }

  private static void tanh(long p, long q, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorSigmoids.tanh(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorSigmoids.tanh(x));
    }
  }

  static void sigmoid(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int whole = plainly(p, q, n);
    if (whole > 0 && !plainSigmoid(p, q, whole)) {
      sigmoid(p, q, whole);
    }
    sigmoid(p + 4L * whole, q + 4L * whole, n - whole);
  }

  private static boolean plainSigmoid(long p, long q, int n) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < n; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      largest = largest.max(x.reinterpretAsInts().and(MAGNITUDE));
      VectorSigmoids.plainSigmoid(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    return !largest.compare(GT, Float.floatToRawIntBits(VectorSigmoids.SIGMOID_LIMIT)).anyTrue();
  }

  private static void sigmoid(long p, long q, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorSigmoids.sigmoid(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorSigmoids.sigmoid(x));
    }
  }

  static void erf(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorSigmoids.erf(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorSigmoids.erf(x));
    }
  }

  static void gelu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int whole = plainly(p, q, n);
    if (whole > 0 && !plainGelu(p, q, whole)) {
      gelu(p, q, whole);
    }
    gelu(p + 4L * whole, q + 4L * whole, n - whole);
  }

  private static boolean plainGelu(long p, long q, int n) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < n; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      largest = largest.max(x.reinterpretAsInts().and(MAGNITUDE));
      VectorSigmoids.plainGelu(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    return !largest.compare(GT, Float.floatToRawIntBits(VectorSigmoids.GELU_LIMIT)).anyTrue();
  }

  private static void gelu(long p, long q, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorSigmoids.gelu(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorSigmoids.gelu(x));
    }
  }

  static void silu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int whole = plainly(p, q, n);
    if (whole > 0 && !plainSilu(p, q, whole)) {
      silu(p, q, whole);
    }
    silu(p + 4L * whole, q + 4L * whole, n - whole);
  }

  private static boolean plainSilu(long p, long q, int n) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < n; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      largest = largest.max(x.reinterpretAsInts().and(MAGNITUDE));
      VectorSigmoids.plainSilu(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    return !largest.compare(GT, Float.floatToRawIntBits(VectorSigmoids.SIGMOID_LIMIT)).anyTrue();
  }

  private static void silu(long p, long q, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorSigmoids.silu(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorSigmoids.silu(x));
    }
  }

  static void sin(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      if (VectorSines.needsScalarSine(x)) {
        sinTail(p, q, i, i + L);
      } else {
        VectorSines.sin(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
      }
    }
    sinTail(p, q, i, n);
  }

  private static void sinTail(long p, long q, int from, int to) {
    for (int i = from; i < to; i++) {
      ALL.set(FLOAT, q + 4L * i, VectorSines.sin(ALL.get(FLOAT, p + 4L * i)));
    }
  }

  static void cos(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      if (VectorSines.needsScalarSine(x)) {
        cosTail(p, q, i, i + L);
      } else {
        VectorSines.cos(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
      }
    }
    cosTail(p, q, i, n);
  }

  private static void cosTail(long p, long q, int from, int to) {
    for (int i = from; i < to; i++) {
      ALL.set(FLOAT, q + 4L * i, VectorSines.cos(ALL.get(FLOAT, p + 4L * i)));
    }
  }
}
