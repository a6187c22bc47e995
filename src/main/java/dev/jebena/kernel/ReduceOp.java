package dev.jebena.kernel;

/** Ways to fold an axis. */
public enum ReduceOp {
  /** Accumulates narrow floats in f32 and narrow integers and booleans in i64. */
  SUM,
  PROD,
  /** NaN wins. */
  MAX,
  /** NaN wins. */
  MIN,
  /** Boolean operand. */
  ANY,
  /** Boolean operand. */
  ALL
}
