package dev.jebena.kernel;

/** Element-wise functions of two operands of one type. */
public enum BinaryOp {
  ADD,
  SUB,
  MUL,
  /** Integers divide towards zero; division of an integer by zero gives 0. */
  DIV,
  POW,
  /** NaN where either is NaN. */
  MAX,
  /** NaN where either is NaN. */
  MIN,
  EQ(true),
  NE(true),
  LT(true),
  LE(true),
  GT(true),
  GE(true),
  /** Boolean operands. */
  AND(true),
  /** Boolean operands. */
  OR(true),
  /** Boolean operands. */
  XOR(true);

  private final boolean test;

  BinaryOp() {
    this(false);
  }

  BinaryOp(boolean test) {
    this.test = test;
  }

  /** Whether the result is boolean. */
  public boolean test() {
    return test;
  }
}
