package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/**
 * Scaled dot-product attention with online softmax, tile by tile (Dao, FlashAttention-2, 2023); the
 * {@code T×S} matrix is never stored.
 */
public interface AttentionKernel {
  /**
   * {@code out = softmax(scale · q kᵀ) v}.
   *
   * @param q {@code [B, H, T, D]}, last axis contiguous
   * @param k {@code [B, G, S, D]}, last axis contiguous; H is a multiple of G and query head h
   *     reads group h / (H/G)
   * @param v {@code [B, G, S, D]}
   * @param causal query t sees keys up to {@code t + S − T}
   * @param out {@code [B, H, T, D]}, last axis contiguous
   * @param logSumExp {@code [B, H, T]} contiguous: log Σ exp of the scaled scores, for backward
   */
  void forward(
      Operand q,
      Operand k,
      Operand v,
      double scale,
      boolean causal,
      Operand out,
      Operand logSumExp);

  /** Gradients of q, k and v; scores are computed again from {@code logSumExp}. */
  void backward(
      Operand q,
      Operand k,
      Operand v,
      double scale,
      boolean causal,
      Operand out,
      Operand logSumExp,
      Operand gOut,
      Operand gq,
      Operand gk,
      Operand gv);
}
