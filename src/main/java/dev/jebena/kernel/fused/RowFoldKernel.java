package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** Folds of rows that need two passes, the second over a row that is still in cache. */
public interface RowFoldKernel {
  /**
   * {@code out = max + log Σ exp(x − max)} of each row; −∞ for a row of nothing but −∞.
   *
   * @param x {@code [..., D]}, D ≥ 1, last axis contiguous
   * @param out {@code [..., 1]}, contiguous
   */
  void logSumExp(Operand x, Operand out);

  /**
   * {@code mean = Σ x / D} and {@code squares = Σ (x − mean)²} of each row.
   *
   * @param x {@code [..., D]}, D ≥ 1, last axis contiguous
   * @param mean {@code [..., 1]}, contiguous
   * @param squares {@code [..., 1]}, contiguous
   */
  void moments(Operand x, Operand mean, Operand squares);
}
