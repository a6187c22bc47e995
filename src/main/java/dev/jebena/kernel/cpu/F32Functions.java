package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise f32 loops of the transcendental functions; n elements. Vectors and the tail go
 * through the twins of {@link VectorMath}, so that an element's result does not depend on where it
 * stands.
 */
final class F32Functions {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final float SQRT_HALF = 0.70710677f;

  private F32Functions() {}

  static void exp(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      VectorMath.exp(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, VectorMath.exp(x));
    }
  }

  static void log(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      VectorMath.log(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, VectorMath.log(x));
    }
  }

  static void tanh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      VectorMath.tanh(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, VectorMath.tanh(x));
    }
  }

  static void sigmoid(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      VectorMath.sigmoid(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, VectorMath.sigmoid(x));
    }
  }

  static void erf(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      VectorMath.erf(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, VectorMath.erf(x));
    }
  }

  static void gelu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      x.mul(0.5f)
          .mul(VectorMath.erf(x.mul(SQRT_HALF)).add(1f))
          .intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, x * 0.5f * (VectorMath.erf(x * SQRT_HALF) + 1f));
    }
  }

  static void silu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      x.mul(VectorMath.sigmoid(x)).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, x * VectorMath.sigmoid(x));
    }
  }

  static void sin(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      if (VectorMath.needsScalarSine(x)) {
        sinTail(a, atA, out, atOut, i, i + L);
      } else {
        VectorMath.sin(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
      }
    }
    sinTail(a, atA, out, atOut, i, n);
  }

  private static void sinTail(
      MemorySegment a, long atA, MemorySegment out, long atOut, int from, int to) {
    for (int i = from; i < to; i++) {
      out.set(FLOAT, atOut + 4L * i, VectorMath.sin(a.get(FLOAT, atA + 4L * i)));
    }
  }

  static void cos(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      if (VectorMath.needsScalarSine(x)) {
        cosTail(a, atA, out, atOut, i, i + L);
      } else {
        VectorMath.cos(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
      }
    }
    cosTail(a, atA, out, atOut, i, n);
  }

  private static void cosTail(
      MemorySegment a, long atA, MemorySegment out, long atOut, int from, int to) {
    for (int i = from; i < to; i++) {
      out.set(FLOAT, atOut + 4L * i, VectorMath.cos(a.get(FLOAT, atA + 4L * i)));
    }
  }
}
