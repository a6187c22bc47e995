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
 * with infinities, NaN and numbers out of range. So steps of some hundred elements are computed as
 * if there were none, and the bits of the largest magnitude are kept beside, which takes two
 * instructions; where it is beyond the limit, the step is computed again.
 */
final class F32Functions {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, S.vectorShape());
  private static final IntVector MAGNITUDE = IntVector.broadcast(I, Integer.MAX_VALUE);

  /** Elements whose range is watched while they are computed as if they were within it. */
  private static final int STEP = 512;

  /** Up to here in magnitude {@link VectorMath#plainExp} is right. */
  private static final float EXP_LIMIT = 87f;

  private static final int LEAST_NORMAL = Float.floatToRawIntBits(Float.MIN_NORMAL);
  private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private F32Functions() {}

  /** Whether a step can be computed a second time because its results do not stand in its place. */
  private static boolean areApart(long p, long q, int n) {
    return Math.abs(p - q) >= 4L * n;
  }

  static void exp(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    if (areApart(p, q, n)) {
      for (; i <= n - STEP; i += STEP) {
        if (!plainExp(p + 4L * i, q + 4L * i)) {
          exp(p + 4L * i, q + 4L * i, STEP);
        }
      }
    }
    exp(p + 4L * i, q + 4L * i, n - i);
  }

  private static boolean plainExp(long p, long q) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < STEP; i += L) {
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
    int i = 0;
    if (areApart(p, q, n)) {
      for (; i <= n - STEP; i += STEP) {
        if (!plainLog(p + 4L * i, q + 4L * i)) {
          log(p + 4L * i, q + 4L * i, STEP);
        }
      }
    }
    log(p + 4L * i, q + 4L * i, n - i);
  }

  private static boolean plainLog(long from, long to) {
    var lowest = IntVector.broadcast(I, Integer.MAX_VALUE);
    var highest = IntVector.zero(I);
    long q = to;
    // not a counted loop: unrolled, it has its constants on the stack
    for (long p = from; p != from + 4L * STEP; p += 4L * L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p, ORDER);
      lowest = lowest.min(x.reinterpretAsInts());
      highest = highest.max(x.reinterpretAsInts());
      VectorMath.logOfNormal(x).intoMemorySegment(ALL, q, ORDER);
      q += 4L * L;
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
    int i = 0;
    if (areApart(p, q, n)) {
      for (; i <= n - STEP; i += STEP) {
        if (!plainTanh(p + 4L * i, q + 4L * i)) {
          tanh(p + 4L * i, q + 4L * i, STEP);
        }
      }
    }
    tanh(p + 4L * i, q + 4L * i, n - i);
  }

  private static boolean plainTanh(long p, long q) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < STEP; i += L) {
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
    int i = 0;
    if (areApart(p, q, n)) {
      for (; i <= n - STEP; i += STEP) {
        if (!plainSigmoid(p + 4L * i, q + 4L * i)) {
          sigmoid(p + 4L * i, q + 4L * i, STEP);
        }
      }
    }
    sigmoid(p + 4L * i, q + 4L * i, n - i);
  }

  private static boolean plainSigmoid(long p, long q) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < STEP; i += L) {
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
    int i = 0;
    if (areApart(p, q, n)) {
      for (; i <= n - STEP; i += STEP) {
        if (!plainGelu(p + 4L * i, q + 4L * i)) {
          gelu(p + 4L * i, q + 4L * i, STEP);
        }
      }
    }
    gelu(p + 4L * i, q + 4L * i, n - i);
  }

  private static boolean plainGelu(long from, long to) {
    var largest = IntVector.zero(I);
    long q = to;
    // not a counted loop: unrolled, it has its constants on the stack
    for (long p = from; p != from + 4L * STEP; p += 4L * L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p, ORDER);
      largest = largest.max(x.reinterpretAsInts().and(MAGNITUDE));
      VectorSigmoids.plainGelu(x).intoMemorySegment(ALL, q, ORDER);
      q += 4L * L;
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
    int i = 0;
    if (areApart(p, q, n)) {
      for (; i <= n - STEP; i += STEP) {
        if (!plainSilu(p + 4L * i, q + 4L * i)) {
          silu(p + 4L * i, q + 4L * i, STEP);
        }
      }
    }
    silu(p + 4L * i, q + 4L * i, n - i);
  }

  private static boolean plainSilu(long p, long q) {
    var largest = IntVector.zero(I);
    for (int i = 0; i < STEP; i += L) {
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
