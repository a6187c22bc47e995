package dev.jebena.model;

/**
 * The way into the residual stream and out of it.
 *
 * @param tied whether the output projection is the embedding (Press and Wolf, 2017)
 * @param scale what embeddings are multiplied by; √D in the original Transformer and in Gemma
 * @param logitScale what logits are multiplied by
 * @param logitSoftCap logits become {@code cap·tanh(logit/cap)}; 0 for none (Gemma 2)
 */
public record EmbeddingConfig(boolean tied, double scale, double logitScale, double logitSoftCap) {
  public EmbeddingConfig {
    if (!(scale > 0) || !(logitScale > 0)) {
      throw new ConfigurationException(
          "embedding scale " + scale + " and logit scale " + logitScale + " must be above 0");
    }
    if (!(logitSoftCap >= 0)) {
      throw new ConfigurationException("logit soft-cap " + logitSoftCap + " is below 0");
    }
  }

  /** Neither scaled nor capped. */
  public static EmbeddingConfig of(boolean tied) {
    return new EmbeddingConfig(tied, 1, 1, 0);
  }
}
