package dev.jebena.kernel.reference;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.UnaryOp;

/** What each opcode computes for one number. Floats in f64, integers in 64 bits. */
final class Scalars {
  private static final double SQRT_HALF = StrictMath.sqrt(0.5);

  private Scalars() {}

  static double unary(UnaryOp op, double x) {
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
      case SIGMOID -> sigmoid(x);
      case ERF -> SpecialFunctions.erf(x);
      case ERFC -> SpecialFunctions.erfc(x);
      case SOFTPLUS -> SpecialFunctions.softplus(x);
      case RELU -> Math.max(x, 0.0);
      case GELU -> x * 0.5 * SpecialFunctions.erfc(-x * SQRT_HALF);
      case SILU -> x * sigmoid(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
      case TRUNC -> SpecialFunctions.trunc(x);
      case BIT_NOT -> throw new IllegalArgumentException(op + " of floats");
      case NOT -> x == 0 ? 1 : 0;
      case IS_NAN -> Double.isNaN(x) ? 1 : 0;
      case IS_FINITE -> Double.isFinite(x) ? 1 : 0;
    };
  }

  static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  static long unary(UnaryOp op, long x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Long.signum(x);
      case SQUARE -> x * x;
      case RELU -> Math.max(x, 0);
      case FLOOR, CEIL, ROUND, TRUNC -> x;
      case BIT_NOT -> ~x;
      case NOT -> x == 0 ? 1 : 0;
      case IS_NAN -> 0;
      case IS_FINITE -> 1;
      case RECIPROCAL,
          SQRT,
          RSQRT,
          EXP,
          EXP2,
          EXPM1,
          LOG,
          LOG2,
          LOG10,
          LOG1P,
          SIN,
          COS,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          TANH,
          ASINH,
          ACOSH,
          ATANH,
          SIGMOID,
          ERF,
          ERFC,
          SOFTPLUS,
          GELU,
          SILU ->
          throw new IllegalArgumentException(
              op + " of integers: convert to a floating type before");
    };
  }

  static double binary(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case POW -> power(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case ATAN2 -> StrictMath.atan2(a, b);
      case HYPOT -> StrictMath.hypot(a, b);
      case COPY_SIGN -> StrictMath.copySign(a, b);
      case FMOD -> a % b;
      case REMAINDER -> Quotients.remainder(a, b);
      case FLOOR_DIV -> Quotients.floorDivide(a, b);
      case BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT ->
          throw new IllegalArgumentException(op + " of floats");
      case EQ, NE, LT, LE, GT, GE, AND, OR, XOR -> test(op, a, b) ? 1 : 0;
    };
  }

  /** As IEEE 754 has it: 1 to any power is 1, and ±1 to an infinite one, where Java says NaN. */
  private static double power(double a, double b) {
    if (a == 1 || a == -1 && Double.isInfinite(b)) {
      return 1;
    }
    return StrictMath.pow(a, b);
  }

  static long binary(BinaryOp op, long a, long b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> b == 0 ? 0 : a / b;
      case POW -> power(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case FMOD -> b == 0 ? 0 : a % b;
      case REMAINDER -> b == 0 ? 0 : Math.floorMod(a, b);
      case FLOOR_DIV -> b == 0 ? 0 : Math.floorDiv(a, b);
      case BIT_AND -> a & b;
      case BIT_OR -> a | b;
      case BIT_XOR -> a ^ b;
      case SHIFT_LEFT -> b < 0 || b > 63 ? 0 : a << b;
      case SHIFT_RIGHT -> a >> (b < 0 || b > 63 ? 63 : b);
      case ATAN2, HYPOT, COPY_SIGN ->
          throw new IllegalArgumentException(
              op + " of integers: convert to a floating type before");
      case EQ, NE, LT, LE, GT, GE, AND, OR, XOR -> test(op, a, b) ? 1 : 0;
    };
  }

  static boolean test(BinaryOp op, double a, double b) {
    return switch (op) {
      case EQ -> a == b;
      case NE -> a != b;
      case LT -> a < b;
      case LE -> a <= b;
      case GT -> a > b;
      case GE -> a >= b;
      case AND -> a != 0 && b != 0;
      case OR -> a != 0 || b != 0;
      case XOR -> a != 0 ^ b != 0;
      default -> throw new IllegalArgumentException(op + ": no test");
    };
  }

  static boolean test(BinaryOp op, long a, long b) {
    return switch (op) {
      case EQ -> a == b;
      case NE -> a != b;
      case LT -> a < b;
      case LE -> a <= b;
      case GT -> a > b;
      case GE -> a >= b;
      case AND -> a != 0 && b != 0;
      case OR -> a != 0 || b != 0;
      case XOR -> a != 0 ^ b != 0;
      default -> throw new IllegalArgumentException(op + ": no test");
    };
  }

  /** aᵇ modulo 2⁶⁴; a negative exponent gives the quotient 1 / a^|b| rounded towards zero. */
  private static long power(long a, long b) {
    if (b < 0) {
      return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
    }
    long result = 1;
    long square = a;
    for (long rest = b; rest != 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }
}
