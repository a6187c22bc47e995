package dev.jebena.kernel;

/**
 * The function in the middle of a feed-forward layer. As the function of a gate, {@code f(gate) ∘
 * up}, each has a name of its own (Shazeer, "GLU variants improve Transformer", 2020).
 */
public enum Activation {
  /** {@code x}; gated: bilinear. */
  IDENTITY,
  /** {@code σ(x)}; gated: GLU (Dauphin et al., 2016). */
  SIGMOID,
  /** {@code max(x, 0)}; gated: ReGLU. The slope at 0 is 0. */
  RELU,
  /** {@code max(x, 0)²} (So et al., Primer, 2021). */
  RELU_SQUARED,
  /** {@code x·σ(x)} (Elfwing et al., 2017); gated: SwiGLU. */
  SILU,
  /** {@code x·Φ(x)} with the error function (Hendrycks and Gimpel, 2016); gated: GeGLU. */
  GELU,
  /**
   * The same by its approximation with tanh, as in GPT-2; gated: Gemma's GeGLU. {@code ½·x·(1 +
   * tanh u)} with {@code u = √(2/π)·(x + 0.044715·x³)} is {@code x·σ(2u)}.
   */
  GELU_TANH,
  /** The same more roughly, {@code x·σ(1.702·x)} (Hendrycks and Gimpel, 2016; CLIP). */
  QUICK_GELU
}
