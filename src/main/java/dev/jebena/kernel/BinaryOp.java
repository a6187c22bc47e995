package dev.jebena.kernel;

import dev.jebena.memory.DType;

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
  /** The angle of the point (b, a), in (−π, π]; floats only. */
  ATAN2,
  /** √(a² + b²) without overflow; floats only. */
  HYPOT,
  /** The magnitude of a with the sign of b; floats only. */
  COPY_SIGN,
  /** What is left of a / b rounded towards zero; has the sign of a. 0 for an integer b of 0. */
  FMOD,
  /** What is left of a / b rounded down; has the sign of b. 0 for an integer b of 0. */
  REMAINDER,
  /** a / b rounded down. 0 for an integer b of 0. */
  FLOOR_DIV,
  /** Bit by bit; whole numbers and booleans only. */
  BIT_AND,
  /** Bit by bit; whole numbers and booleans only. */
  BIT_OR,
  /** Bit by bit; whole numbers and booleans only. */
  BIT_XOR,
  /** a · 2ᵇ in whole numbers; 0 where b is negative or more than 63. */
  SHIFT_LEFT,
  /** a / 2ᵇ rounded down; where b is negative or more than 63, the sign alone: 0 or −1. */
  SHIFT_RIGHT,
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

  /** Whether operands of a type have this function without being converted before. */
  public boolean takes(DType dtype) {
    return switch (this) {
      case ATAN2, HYPOT, COPY_SIGN -> dtype.isFloat();
      case FMOD, REMAINDER, FLOOR_DIV -> dtype != DType.BOOL;
      case BIT_AND, BIT_OR, BIT_XOR -> !dtype.isFloat();
      case SHIFT_LEFT, SHIFT_RIGHT -> dtype.isInteger();
      case AND, OR, XOR -> dtype == DType.BOOL;
      case ADD, SUB, MUL, DIV, POW, MAX, MIN, EQ, NE, LT, LE, GT, GE -> true;
    };
  }

  /** Whether the result is boolean. */
  public boolean test() {
    return test;
  }
}
