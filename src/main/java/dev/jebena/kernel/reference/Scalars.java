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
      case LOG -> StrictMath.log(x);
      case SIN -> StrictMath.sin(x);
      case COS -> StrictMath.cos(x);
      case TANH -> StrictMath.tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> SpecialFunctions.erf(x);
      case RELU -> Math.max(x, 0.0);
      case GELU -> x * 0.5 * SpecialFunctions.erfc(-x * SQRT_HALF);
      case SILU -> x * sigmoid(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
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
      case FLOOR, CEIL, ROUND -> x;
      case NOT -> x == 0 ? 1 : 0;
      case IS_NAN -> 0;
      case IS_FINITE -> 1;
      case RECIPROCAL, SQRT, RSQRT, EXP, LOG, SIN, COS, TANH, SIGMOID, ERF, GELU, SILU ->
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
      case POW -> StrictMath.pow(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case EQ, NE, LT, LE, GT, GE, AND, OR, XOR -> test(op, a, b) ? 1 : 0;
    };
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
      case ADD, SUB, MUL, DIV, POW, MAX, MIN ->
          throw new IllegalArgumentException(op + ": no test");
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
      case ADD, SUB, MUL, DIV, POW, MAX, MIN ->
          throw new IllegalArgumentException(op + ": no test");
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
