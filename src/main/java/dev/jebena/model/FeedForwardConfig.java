package dev.jebena.model;

import dev.jebena.kernel.Activation;

/**
 * The feed-forward layer of a block.
 *
 * @param width features in the middle; usually 4 times the model's width, and 8/3 with a gate,
 *     whose third matrix then costs nothing more
 * @param activation the function in the middle
 * @param gated {@code down(f(gate(x)) ∘ up(x))} rather than {@code down(f(up(x)))}
 * @param bias whether its linear layers have biases
 */
public record FeedForwardConfig(int width, Activation activation, boolean gated, boolean bias) {
  public FeedForwardConfig {
    TransformerConfig.positive("dFf", width);
    TransformerConfig.given("activation", activation);
  }

  /** SwiGLU without biases, as in Llama. */
  public static FeedForwardConfig swiGlu(int width) {
    return new FeedForwardConfig(width, Activation.SILU, true, false);
  }

  /** Matrices of {@code D × width} in it. */
  public int matrices() {
    return gated ? 3 : 2;
  }
}
