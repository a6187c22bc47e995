package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;

import java.lang.foreign.MemorySegment;

/** Element-wise loops over booleans, one byte each, 0 or 1; n elements. */
final class BoolLoops {
  private BoolLoops() {}

  static void and(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      int x = a.get(BYTE, atA + i);
      int y = b.get(BYTE, atB + i);
      out.set(BYTE, atOut + i, (byte) (x & y));
    }
  }

  static void or(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      int x = a.get(BYTE, atA + i);
      int y = b.get(BYTE, atB + i);
      out.set(BYTE, atOut + i, (byte) (x | y));
    }
  }

  static void xor(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      int x = a.get(BYTE, atA + i);
      int y = b.get(BYTE, atB + i);
      out.set(BYTE, atOut + i, (byte) (x ^ y));
    }
  }

  static void less(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      int x = a.get(BYTE, atA + i);
      int y = b.get(BYTE, atB + i);
      out.set(BYTE, atOut + i, (byte) (~x & y & 1));
    }
  }

  static void atMost(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      int x = a.get(BYTE, atA + i);
      int y = b.get(BYTE, atB + i);
      out.set(BYTE, atOut + i, (byte) ((~x & 1) | y));
    }
  }

  static void equal(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      int x = a.get(BYTE, atA + i);
      int y = b.get(BYTE, atB + i);
      out.set(BYTE, atOut + i, (byte) ((x ^ y) ^ 1));
    }
  }

  static void not(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      out.set(BYTE, atOut + i, (byte) (a.get(BYTE, atA + i) ^ 1));
    }
  }

  static void isNanF32(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      out.set(BYTE, atOut + i, (byte) (Float.isNaN(a.get(FLOAT, atA + 4L * i)) ? 1 : 0));
    }
  }

  static void isFiniteF32(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      out.set(BYTE, atOut + i, (byte) (Float.isFinite(a.get(FLOAT, atA + 4L * i)) ? 1 : 0));
    }
  }

  static void isNanF64(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      out.set(BYTE, atOut + i, (byte) (Double.isNaN(a.get(DOUBLE, atA + 8L * i)) ? 1 : 0));
    }
  }

  static void isFiniteF64(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      out.set(BYTE, atOut + i, (byte) (Double.isFinite(a.get(DOUBLE, atA + 8L * i)) ? 1 : 0));
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
      byte x = a.get(BYTE, atA + 1L * i);
      byte y = b.get(BYTE, atB + 1L * i);
      out.set(BYTE, atOut + 1L * i, condition.get(BYTE, atCondition + i) != 0 ? x : y);
    }
  }
}
