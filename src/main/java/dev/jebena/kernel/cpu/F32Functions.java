package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
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

  private F32Functions() {}

  static void exp(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
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
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      var y = VectorMath.areNormal(x) ? VectorMath.logOfNormal(x) : VectorMath.log(x);
      y.intoMemorySegment(ALL, q + 4L * i, ORDER);
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
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorMath.tanh(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorMath.tanh(x));
    }
  }

  static void sigmoid(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorMath.sigmoid(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorMath.sigmoid(x));
    }
  }

  static void erf(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorMath.erf(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorMath.erf(x));
    }
  }

  static void gelu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      VectorMath.gelu(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, VectorMath.gelu(x));
    }
  }

  static void silu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      x.mul(VectorMath.sigmoid(x)).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, x * VectorMath.sigmoid(x));
    }
  }

  static void sin(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      if (VectorMath.needsScalarSine(x)) {
        sinTail(p, q, i, i + L);
      } else {
        VectorMath.sin(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
      }
    }
    sinTail(p, q, i, n);
  }

  private static void sinTail(long p, long q, int from, int to) {
    for (int i = from; i < to; i++) {
      ALL.set(FLOAT, q + 4L * i, VectorMath.sin(ALL.get(FLOAT, p + 4L * i)));
    }
  }

  static void cos(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      if (VectorMath.needsScalarSine(x)) {
        cosTail(p, q, i, i + L);
      } else {
        VectorMath.cos(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
      }
    }
    cosTail(p, q, i, n);
  }

  private static void cosTail(long p, long q, int from, int to) {
    for (int i = from; i < to; i++) {
      ALL.set(FLOAT, q + 4L * i, VectorMath.cos(ALL.get(FLOAT, p + 4L * i)));
    }
  }
}
