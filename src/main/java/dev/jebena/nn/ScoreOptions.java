package dev.jebena.nn;

import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.tensor.Tensor;

/**
 * What happens to attention's scores between {@code q kᵀ} and the softmax, beside the causal mask.
 *
 * @param window positions that a query sees, its own included; 0 for all (Mistral)
 * @param softCap scores become {@code cap·tanh(score/cap)}; 0 for none (Gemma 2)
 * @param slopes whether each head's scores fall with distance (ALiBi, Press et al., 2022)
 */
public record ScoreOptions(int window, double softCap, boolean slopes) {
  /** The causal mask alone. */
  public static final ScoreOptions PLAIN = new ScoreOptions(0, 0, false);

  /**
   * Causal attention under these options.
   *
   * @param q {@code [B, H, T, D]}
   * @param k {@code [B, G, S, D]}
   * @param v {@code [B, G, S, E]}
   * @param sinks {@code [H]} or null
   * @return {@code [B, H, T, E]}
   */
  public Tensor attend(Tensor q, Tensor k, Tensor v, double scale, Tensor sinks) {
    var options = AttentionOptions.causal(scale).withSoftCap(softCap);
    if (window > 0) {
      options = options.withWindow(window);
    }
    if (slopes) {
      options = options.withSlopes(AttentionOptions.alibi(Math.toIntExact(q.size(1))));
    }
    return ScaledDotProduct.attend(q, k, v, sinks == null ? null : sinks.to(q.dtype()), options);
  }
}
