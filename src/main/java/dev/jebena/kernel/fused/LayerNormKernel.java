package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/**
 * Layer normalisation (Ba et al., 2016) over the last axis, alone or behind a residual addition.
 */
public interface LayerNormKernel {
  /**
   * {@code out = (h − mean(h)) · r ∘ weight + bias} with {@code h = x + residual} and {@code r = 1
   * / √(mean((h − mean(h))²) + eps)}.
   *
   * @param x {@code [N, D]} contiguous
   * @param residual {@code [N, D]} contiguous, or null for {@code h = x}
   * @param weight {@code [D]}, or null for ones
   * @param bias {@code [D]}, or null for zeros
   * @param sum {@code [N, D]} contiguous: h; null where there is no residual
   * @param out {@code [N, D]} contiguous
   * @param mean {@code [N]}, kept for backward
   * @param reciprocal {@code [N]}: r, kept for backward
   */
  void forward(
      Operand x,
      Operand residual,
      Operand weight,
      Operand bias,
      double eps,
      Operand sum,
      Operand out,
      Operand mean,
      Operand reciprocal);

  /**
   * With {@code n = (h − mean) · r} and {@code g = gy ∘ weight}: {@code gh = r · (g − mean(g) − n ·
   * mean(g∘n))}, {@code gWeight = Σ_rows gy ∘ n} and {@code gBias = Σ_rows gy}, summed over fixed
   * blocks of rows so that threads do not matter.
   *
   * @param h what was normalised
   * @param weight as in forward, or null
   * @param further {@code [N, D]}: another gradient of h, which is added to {@code gh}; or null
   * @param gh may not be {@code further}
   * @param gWeight {@code [D]}, or null where nobody asks
   * @param gBias {@code [D]}, or null where nobody asks
   */
  void backward(
      Operand h,
      Operand weight,
      Operand mean,
      Operand reciprocal,
      Operand gy,
      Operand further,
      Operand gh,
      Operand gWeight,
      Operand gBias);
}
