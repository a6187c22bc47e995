package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/**
 * Root-mean-square normalisation (Zhang and Sennrich, 2019) over the last axis, alone or behind a
 * residual addition.
 */
public interface RmsNormKernel {
  /**
   * {@code out = h · r ∘ weight} with {@code h = x + residual} and {@code r = 1 / √(mean(h²) +
   * eps)}.
   *
   * @param x {@code [N, D]} contiguous
   * @param residual {@code [N, D]} contiguous, or null for {@code h = x}
   * @param weight {@code [D]}, or null for ones
   * @param sum {@code [N, D]} contiguous: h; null where there is no residual
   * @param out {@code [N, D]} contiguous
   * @param reciprocal {@code [N]}: r, kept for backward
   */
  void forward(
      Operand x,
      Operand residual,
      Operand weight,
      double eps,
      Operand sum,
      Operand out,
      Operand reciprocal);

  /**
   * With {@code g = gy ∘ weight}: {@code gh = r·g − h · r³ · mean(g∘h)} and {@code gWeight = Σ_rows
   * gy ∘ h · r}, summed over fixed blocks of rows so that threads do not matter.
   *
   * @param h what was normalised
   * @param weight as in forward, or null
   * @param further {@code [N, D]}: another gradient of h, which is added to {@code gh}; or null
   * @param gh may not be {@code further}
   * @param gWeight {@code [D]}, or null where nobody asks
   */
  void backward(
      Operand h,
      Operand weight,
      Operand reciprocal,
      Operand gy,
      Operand further,
      Operand gh,
      Operand gWeight);
}
