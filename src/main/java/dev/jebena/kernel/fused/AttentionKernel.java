package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/**
 * Scaled dot-product attention with online softmax, tile by tile (Dao, FlashAttention-2, 2023); the
 * {@code T×S} matrix is never stored.
 */
public interface AttentionKernel {
  /**
   * {@code out = softmax(scores) v} with the scores of {@link AttentionOptions}, zeros for a query
   * that sees no key.
   *
   * @param q {@code [B, H, T, D]}, last axis contiguous
   * @param k {@code [B, G, S, D]}, last axis contiguous; H is a multiple of G and query head h
   *     reads group h / (H/G)
   * @param v {@code [B, G, S, D]}
   * @param sinks {@code [H]} contiguous: a score of each head that takes part in the softmax and
   *     has no value (gpt-oss, 2025); or null
   * @param out {@code [B, H, T, D]}, last axis contiguous
   * @param logSumExp {@code [B, H, T]} contiguous: log Σ exp of the scores, the sink's among them,
   *     for backward; −∞ for none
   */
  void forward(
      Operand q,
      Operand k,
      Operand v,
      Operand sinks,
      AttentionOptions options,
      Operand out,
      Operand logSumExp);

  /**
   * Gradients of q, k, v and, where there are any, sinks; scores are computed again from {@code
   * logSumExp}.
   *
   * @param gSinks {@code [H]} contiguous, null where {@code sinks} is
   */
  void backward(
      Operand q,
      Operand k,
      Operand v,
      Operand sinks,
      AttentionOptions options,
      Operand out,
      Operand logSumExp,
      Operand gOut,
      Operand gq,
      Operand gk,
      Operand gv,
      Operand gSinks);
}
