package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;

import dev.jebena.kernel.reference.Quotients;
import java.lang.foreign.MemorySegment;

/** Exact f32 loops of two operands that have no vector instruction; n elements. */
final class F32Quotients {
  private F32Quotients() {}

  /** What is left of {@code a / b} rounded towards zero. */
  static void fmod(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, x % y);
    }
  }

  /** What is left of {@code a / b} rounded down. */
  static void remainder(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, Quotients.remainder(x, y));
    }
  }

  /** {@code a / b} rounded down. */
  static void floorDivide(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, Quotients.floorDivide(x, y));
    }
  }

  /** The magnitude of a, the sign of b. */
  static void copySign(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      float y = b.get(FLOAT, atB + 4L * i);
      out.set(FLOAT, atOut + 4L * i, Math.copySign(x, y));
    }
  }

  /** √(a² + b²): f64 holds the squares of all f32 and their sum, which is rounded twice. */
  static void hypot(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      double y = b.get(FLOAT, atB + 4L * i);
      boolean infinite = Double.isInfinite(x) || Double.isInfinite(y);
      out.set(
          FLOAT,
          atOut + 4L * i,
          infinite ? Float.POSITIVE_INFINITY : (float) Math.sqrt(x * x + y * y));
    }
  }
}
