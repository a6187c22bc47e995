package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** Root-mean-square normalisation (Zhang and Sennrich, 2019) over the last axis. */
public interface RmsNormKernel {
  /**
   * {@code out = x · r ∘ weight} with {@code r = 1 / √(mean(x²) + eps)}.
   *
   * @param x {@code [N, D]} contiguous
   * @param weight {@code [D]}
   * @param out {@code [N, D]} contiguous
   * @param reciprocal {@code [N]}: r, kept for backward
   */
  void forward(Operand x, Operand weight, double eps, Operand out, Operand reciprocal);

  /**
   * With {@code h = gy ∘ weight}: {@code gx = r·h − x · r³ · mean(h∘x)} and {@code gWeight = Σ_rows
   * gy ∘ x · r}, summed over fixed blocks of rows so that threads do not matter.
   */
  void backward(
      Operand x, Operand weight, Operand reciprocal, Operand gy, Operand gx, Operand gWeight);
}
