package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** Softmax over the last axis, in three passes over one row that stays in cache. */
public interface SoftmaxKernel {
  /**
   * {@code out = exp(x − max) / Σ exp(x − max)}, or its logarithm.
   *
   * @param x {@code [..., D]}, last axis contiguous
   * @param out the same shape, contiguous
   */
  void forward(Operand x, boolean log, Operand out);

  /**
   * {@code gx = y ∘ (gy − Σ gy∘y)}; for the logarithm {@code gx = gy − exp(y) · Σ gy}.
   *
   * @param y what forward wrote, contiguous
   * @param gy contiguous
   */
  void backward(Operand y, Operand gy, boolean log, Operand gx);
}
