package dev.jebena.kernel;

/** What becomes of an element that a value is scattered to. */
public enum ScatterOp {
  /** The value takes its place; of several the last. */
  SET,
  ADD,
  MUL,
  /** NaN wins. */
  MAX,
  /** NaN wins. */
  MIN;

  /** The operation in words for errors. */
  public String operation() {
    return this == ADD ? "scatterAdd" : "scatter";
  }
}
