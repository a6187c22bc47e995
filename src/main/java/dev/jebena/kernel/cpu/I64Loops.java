package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.LONG;

import dev.jebena.kernel.UnaryOp;
import java.lang.foreign.MemorySegment;

/**
 * Element-wise loops over whole numbers in 64 bits, to which narrower integers are widened; n
 * elements.
 */
final class I64Loops {
  private I64Loops() {}

  static void add(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, x + y);
    }
  }

  static void sub(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, x - y);
    }
  }

  static void mul(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, x * y);
    }
  }

  static void div(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, y == 0 ? 0 : x / y);
    }
  }

  static void max(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, Math.max(x, y));
    }
  }

  static void min(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, Math.min(x, y));
    }
  }

  static void pow(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, power(x, y));
    }
  }

  static void eq(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(BYTE, atOut + i, (byte) (x == y ? 1 : 0));
    }
  }

  static void ne(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(BYTE, atOut + i, (byte) (x != y ? 1 : 0));
    }
  }

  static void lt(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(BYTE, atOut + i, (byte) (x < y ? 1 : 0));
    }
  }

  static void le(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
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
      long x = a.get(LONG, atA + 8L * i);
      long y = b.get(LONG, atB + 8L * i);
      out.set(LONG, atOut + 8L * i, condition.get(BYTE, atCondition + i) != 0 ? x : y);
    }
  }

  static void unary(UnaryOp op, MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      out.set(LONG, atOut + 8L * i, unary(op, a.get(LONG, atA + 8L * i)));
    }
  }

  private static long unary(UnaryOp op, long x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Long.signum(x);
      case SQUARE -> x * x;
      case RELU -> Math.max(x, 0);
      case FLOOR, CEIL, ROUND, TRUNC -> x;
      case BIT_NOT -> ~x;
      case NOT, IS_NAN, IS_FINITE -> throw new IllegalArgumentException(op + " gives booleans");
      default ->
          throw new IllegalArgumentException(
              op + " of integers: convert to a floating type before");
    };
  }

  /** By squaring, modulo 2^64; negative exponents give 1 / x^|y| rounded towards zero. */
  private static long power(long x, long y) {
    if (y < 0) {
      return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
    }
    long power = 1;
    long square = x;
    for (long rest = y; rest != 0; rest >>= 1) {
      power = (rest & 1) == 0 ? power : power * square;
      square *= square;
    }
    return power;
  }
}
