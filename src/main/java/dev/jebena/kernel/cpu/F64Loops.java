package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;

import dev.jebena.kernel.UnaryOp;
import dev.jebena.kernel.reference.SpecialFunctions;
import java.lang.foreign.MemorySegment;

/** Element-wise loops over f64; n elements. */
final class F64Loops {
  private static final double SQRT_HALF = Math.sqrt(0.5);

  private F64Loops() {}

  static void add(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, x + y);
    }
  }

  static void sub(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, x - y);
    }
  }

  static void mul(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, x * y);
    }
  }

  static void div(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, x / y);
    }
  }

  static void max(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, Math.max(x, y));
    }
  }

  static void min(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, Math.min(x, y));
    }
  }

  static void pow(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, power(x, y));
    }
  }

  /** As IEEE 754 has it: 1 to any power is 1, and ±1 to an infinite one, where Java says NaN. */
  static double power(double x, double y) {
    return x == 1 || x == -1 && Double.isInfinite(y) ? 1 : StrictMath.pow(x, y);
  }

  static void eq(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(BYTE, atOut + i, (byte) (x == y ? 1 : 0));
    }
  }

  static void ne(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(BYTE, atOut + i, (byte) (x != y ? 1 : 0));
    }
  }

  static void lt(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(BYTE, atOut + i, (byte) (x < y ? 1 : 0));
    }
  }

  static void le(
      MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
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
      double x = a.get(DOUBLE, atA + 8L * i);
      double y = b.get(DOUBLE, atB + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, condition.get(BYTE, atCondition + i) != 0 ? x : y);
    }
  }

  static void unary(UnaryOp op, MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      out.set(DOUBLE, atOut + 8L * i, unary(op, a.get(DOUBLE, atA + 8L * i)));
    }
  }

  private static double unary(UnaryOp op, double x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQUARE -> x * x;
      case RECIPROCAL -> 1 / x;
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case EXP -> StrictMath.exp(x);
      case EXP2 -> StrictMath.pow(2, x);
      case EXPM1 -> StrictMath.expm1(x);
      case LOG -> StrictMath.log(x);
      case LOG2 -> SpecialFunctions.log2(x);
      case LOG10 -> StrictMath.log10(x);
      case LOG1P -> StrictMath.log1p(x);
      case SIN -> StrictMath.sin(x);
      case COS -> StrictMath.cos(x);
      case TAN -> StrictMath.tan(x);
      case ASIN -> StrictMath.asin(x);
      case ACOS -> StrictMath.acos(x);
      case ATAN -> StrictMath.atan(x);
      case SINH -> StrictMath.sinh(x);
      case COSH -> StrictMath.cosh(x);
      case TANH -> StrictMath.tanh(x);
      case ASINH -> SpecialFunctions.asinh(x);
      case ACOSH -> SpecialFunctions.acosh(x);
      case ATANH -> SpecialFunctions.atanh(x);
      case SIGMOID -> 1 / (1 + StrictMath.exp(-x));
      case ERF -> SpecialFunctions.erf(x);
      case ERFC -> SpecialFunctions.erfc(x);
      case SOFTPLUS -> SpecialFunctions.softplus(x);
      case RELU -> Math.max(x, 0.0);
      case GELU -> 0.5 * x * SpecialFunctions.erfc(-x * SQRT_HALF);
      case SILU -> x / (1 + StrictMath.exp(-x));
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
      case TRUNC -> SpecialFunctions.trunc(x);
      case BIT_NOT -> throw new IllegalArgumentException(op + " of f64 (an integer would fit)");
      case NOT, IS_NAN, IS_FINITE -> throw new IllegalArgumentException(op + " gives booleans");
    };
  }
}
