package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.DOUBLE;

import dev.jebena.kernel.reference.Quotients;
import java.lang.foreign.MemorySegment;

/** The rarer f64 loops of two operands; n elements. */
final class F64Quotients {
  private F64Quotients() {}

  /** What is left of {@code a / b} rounded towards zero. */
  static void fmod(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, x % y);
    }
  }

  /** What is left of {@code a / b} rounded down. */
  static void remainder(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, Quotients.remainder(x, y));
    }
  }

  /** {@code a / b} rounded down. */
  static void floorDivide(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, Quotients.floorDivide(x, y));
    }
  }

  /** The magnitude of a, the sign of b. */
  static void copySign(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, Math.copySign(x, y));
    }
  }

  /** √(a² + b²). */
  static void hypot(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, StrictMath.hypot(x, y));
    }
  }

  /** The angle of the point (b, a). */
  static void atan2(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, StrictMath.atan2(x, y));
    }
  }
}
