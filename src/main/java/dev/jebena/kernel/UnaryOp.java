package dev.jebena.kernel;

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
  LOG(true),
  SIN(true),
  COS(true),
  TANH(true),
  /** 1 / (1 + exp(−x)). */
  SIGMOID(true),
  ERF(true),
  RELU,
  /** x · Φ(x), with erf. */
  GELU(true),
  /** x · sigmoid(x). */
  SILU(true),
  FLOOR,
  CEIL,
  /** Half to even. */
  ROUND,
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

  /** Whether the result is boolean whatever the operand. */
  public boolean test() {
    return this == NOT || this == IS_NAN || this == IS_FINITE;
  }
}
