package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Element-wise f32 loops of two operands, {@code out = a op b}; n elements. */
final class F32Binary {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private F32Binary() {}

  static void add(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      var y = FloatVector.fromMemorySegment(S, b, atB + 4L * i, ORDER);
      x.add(y).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, x + y);
    }
  }

  static void sub(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      var y = FloatVector.fromMemorySegment(S, b, atB + 4L * i, ORDER);
      x.sub(y).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, x - y);
    }
  }

  static void mul(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      var y = FloatVector.fromMemorySegment(S, b, atB + 4L * i, ORDER);
      x.mul(y).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, x * y);
    }
  }

  static void div(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      var y = FloatVector.fromMemorySegment(S, b, atB + 4L * i, ORDER);
      x.div(y).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, x / y);
    }
  }

  static void max(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      var y = FloatVector.fromMemorySegment(S, b, atB + 4L * i, ORDER);
      x.max(y).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, Math.max(x, y));
    }
  }

  static void min(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, a, atA + 4L * i, ORDER);
      var y = FloatVector.fromMemorySegment(S, b, atB + 4L * i, ORDER);
      x.min(y).intoMemorySegment(out, atOut + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, Math.min(x, y));
    }
  }

  /** Through f64, which makes small whole exponents exact to the last bit. */
  static void pow(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      double y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) power(x, y));
    }
  }

  private static double power(double x, double y) {
    if (y == 2) {
      return x * x;
    }
    if (y == 3) {
      return x * x * x;
    }
    return y == 0.5 && x > 0 ? Math.sqrt(x) : F64Loops.power(x, y);
  }

  static void eq(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(BYTE, atOut + i, (byte) (x == y ? 1 : 0));
    }
  }

  static void ne(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(BYTE, atOut + i, (byte) (x != y ? 1 : 0));
    }
  }

  static void lt(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(BYTE, atOut + i, (byte) (x < y ? 1 : 0));
    }
  }

  static void le(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(BYTE, atOut + i, (byte) (x <= y ? 1 : 0));
    }
  }

  /** {@code out = condition ? a : b}. */
  static void where(
      MemorySegment condition,
      long atCondition,
      MemorySegment a,
      long atA,
      MemorySegment b,
      long atB,
      MemorySegment out,
      long atOut,
      int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, condition.get(BYTE, atCondition + i) != 0 ? x : y);
    }
  }
}
