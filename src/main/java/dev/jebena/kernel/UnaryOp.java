package dev.jebena.kernel;

import dev.jebena.memory.DType;

/**
 * Element-wise functions of one operand; the result has the operand's type unless it says
 * otherwise.
 */
public enum UnaryOp {
  NEG,
  ABS,
  /** −1, 0 or 1; NaN stays NaN. */
  SIGN,
  SQUARE,
  RECIPROCAL(true),
  SQRT(true),
  /** 1 / √x. */
  RSQRT(true),
  EXP(true),
  /** 2ˣ. */
  EXP2(true),
  /** eˣ − 1, exact near 0. */
  EXPM1(true),
  LOG(true),
  /** Base 2; exact for powers of two. */
  LOG2(true),
  LOG10(true),
  /** ln(1 + x), exact near 0. */
  LOG1P(true),
  SIN(true),
  COS(true),
  TAN(true),
  ASIN(true),
  ACOS(true),
  ATAN(true),
  SINH(true),
  COSH(true),
  TANH(true),
  ASINH(true),
  ACOSH(true),
  ATANH(true),
  /** 1 / (1 + exp(−x)). */
  SIGMOID(true),
  ERF(true),
  /** 1 − erf x, exact where erf is close to 1. */
  ERFC(true),
  /** ln(1 + eˣ) without overflow. */
  SOFTPLUS(true),
  RELU,
  /** x · Φ(x), with erf. */
  GELU(true),
  /** x · sigmoid(x). */
  SILU(true),
  FLOOR,
  CEIL,
  /** Half to even. */
  ROUND,
  /** Towards zero. */
  TRUNC,
  /** Every bit inverted; whole numbers only. */
  BIT_NOT,
  /** Boolean operand. */
  NOT,
  /** Boolean result. */
  IS_NAN,
  /** Boolean result. */
  IS_FINITE;

  private final boolean floatOnly;

  UnaryOp() {
    this(false);
  }

  UnaryOp(boolean floatOnly) {
    this.floatOnly = floatOnly;
  }

  /** Whether only floating operands make sense (integers are converted to f32 before). */
  public boolean floatOnly() {
    return floatOnly;
  }

  /** Whether operands of a type have this function without being converted before. */
  public boolean takes(DType dtype) {
    return switch (dtype.kind()) {
      case FLOAT -> this != BIT_NOT && this != NOT;
      case INTEGER -> !floatOnly;
      case BOOLEAN -> test();
    };
  }

  /** Whether the result is boolean whatever the operand. */
  public boolean test() {
    return this == NOT || this == IS_NAN || this == IS_FINITE;
  }
}
