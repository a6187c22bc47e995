package dev.jebena.kernel;

/** Folds of a line that write what they have after every element. */
public enum ScanOp {
  /** Running product, accumulated in f64 or 64-bit integers. */
  PROD,
  /** Running {@code log Σ exp} of floats, safe from overflow. */
  LOG_SUM_EXP,
  /** The index of the largest so far, the last of equals; NaN is largest. */
  ARG_MAX(true),
  /** The index of the smallest so far, the last of equals; NaN is smallest. */
  ARG_MIN(true);

  private final boolean index;

  ScanOp() {
    this(false);
  }

  ScanOp(boolean index) {
    this.index = index;
  }

  /** Whether the result is indices (i64) instead of values. */
  public boolean index() {
    return index;
  }
}
