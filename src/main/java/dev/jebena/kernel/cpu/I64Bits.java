package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.LONG;

import java.lang.foreign.MemorySegment;

/** Loops over whole numbers in 64 bits that divide, or see them as bits; n elements. */
final class I64Bits {
  private I64Bits() {}

  /** What is left of {@code a / b} rounded towards zero. */
  static void fmod(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, y == 0 ? 0 : x % y);
    }
  }

  /** What is left of {@code a / b} rounded down. */
  static void remainder(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, y == 0 ? 0 : Math.floorMod(x, y));
    }
  }

  /** {@code a / b} rounded down. */
  static void floorDivide(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, y == 0 ? 0 : Math.floorDiv(x, y));
    }
  }

  /** Bit by bit. */
  static void and(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, x & y);
    }
  }

  /** Bit by bit. */
  static void or(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, x | y);
    }
  }

  /** Bit by bit. */
  static void xor(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, x ^ y);
    }
  }

  /** {@code a · 2ᵇ}. */
  static void shiftLeft(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, y < 0 || y > 63 ? 0 : x << y);
    }
  }

  /** {@code a / 2ᵇ} rounded down. */
  static void shiftRight(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, x >> (y < 0 || y > 63 ? 63 : y));
    }
  }
}
