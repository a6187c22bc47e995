package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise f32 loops of one operand whose results are exact or correctly rounded, so that
 * vectors and scalars agree by themselves. Reads {@code a}, writes {@code out}; n elements.
 */
final class F32Unary {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private F32Unary() {}

  static void negate(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      x.neg().intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, -x);
    }
  }

  static void abs(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      x.abs().intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, Math.abs(x));
    }
  }

  static void square(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      x.mul(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, x * x);
    }
  }

  static void reciprocal(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    var one = FloatVector.broadcast(S, 1f);
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      one.div(x).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, 1 / x);
    }
  }

  static void sqrt(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      x.sqrt().intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) Math.sqrt(x));
    }
  }

  static void rsqrt(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    var one = FloatVector.broadcast(S, 1f);
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      one.div(x.sqrt()).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, 1 / (float) Math.sqrt(x));
    }
  }

  static void relu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      x.max(0).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, Math.max(x, 0f));
    }
  }

  static void sign(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, Math.signum(x));
    }
  }

  static void floor(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) Math.floor(x));
    }
  }

  static void ceil(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) Math.ceil(x));
    }
  }

  static void trunc(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) Math.copySign(Math.floor(Math.abs((double) x)), x));
    }
  }

  static void round(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) Math.rint(x));
    }
  }
}
