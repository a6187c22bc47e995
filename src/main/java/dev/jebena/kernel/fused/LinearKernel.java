package dev.jebena.kernel.fused;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;

/**
 * A linear layer with what usually follows it: bias, activation and residual are applied to the
 * product while it is in the cache, or while it is written.
 */
public interface LinearKernel {
  /**
   * {@code out = f(x · weightᵀ + bias) + residual}.
   *
   * @param x {@code [M, K]} of any strides
   * @param weight {@code [N, K]} of any strides
   * @param bias {@code [N]} contiguous, or null for zeros
   * @param residual {@code [M, N]} contiguous, or null for zeros; may be {@code out}
   * @param before {@code [M, N]} contiguous: what f was applied to, kept for backward; or null
   *     where nobody asks
   * @param out {@code [M, N]} contiguous
   */
  void forward(
      Operand x,
      Operand weight,
      Operand bias,
      Activation f,
      Operand residual,
      Operand before,
      Operand out);

  /**
   * The way back through activation and bias in one pass: {@code gz = gy ∘ f′(before)} and {@code
   * gBias = Σ_rows gz}, summed over fixed blocks of rows so that threads do not matter.
   *
   * @param before {@code [M, N]} contiguous
   * @param gy {@code [M, N]} contiguous
   * @param gz {@code [M, N]} contiguous, the gradient of the product
   * @param gBias {@code [N]} contiguous, or null where nobody asks
   */
  void backward(Activation f, Operand before, Operand gy, Operand gz, Operand gBias);
}
