package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** Softmax over an axis that is not the last, without turning it to the end. */
public interface ColumnSoftmaxKernel {
  /**
   * {@code out = exp(x − max) / Σ exp(x − max)} over the middle axis, or its logarithm.
   *
   * @param x {@code [outer, D, inner]}, contiguous
   * @param out the same shape, contiguous
   */
  void forward(Operand x, boolean log, Operand out);
}
