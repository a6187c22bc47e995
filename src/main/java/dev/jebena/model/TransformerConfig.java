package dev.jebena.model;

/**
 * Everything that decides what a decoder-only Transformer computes: pre-norm blocks of RMSNorm,
 * causal attention with rotary positions, RMSNorm and SwiGLU, as in Llama (Touvron et al., 2023).
 *
 * @param vocabularySize V
 * @param contextLength the most positions it can see
 * @param dModel width of the residual stream
 * @param layers number of blocks
 * @param heads query heads
 * @param keyValueHeads heads of keys and values; divides {@code heads}
 * @param headDim features per head, even
 * @param dFf width of the feed-forward layer
 * @param ropeTheta base of the rotary angles
 * @param ropeInterleaved pairs (2i, 2i+1) rather than (i, i + headDim/2)
 * @param normEps added to the mean square in RMSNorm
 * @param tiedEmbeddings whether the output projection is the embedding
 */
public record TransformerConfig(
    int vocabularySize,
    int contextLength,
    int dModel,
    int layers,
    int heads,
    int keyValueHeads,
    int headDim,
    int dFf,
    double ropeTheta,
    boolean ropeInterleaved,
    double normEps,
    boolean tiedEmbeddings) {

  public TransformerConfig {
    positive("vocabularySize", vocabularySize);
    positive("contextLength", contextLength);
    positive("dModel", dModel);
    positive("layers", layers);
    positive("heads", heads);
    positive("keyValueHeads", keyValueHeads);
    positive("headDim", headDim);
    positive("dFf", dFf);
    if (heads % keyValueHeads != 0) {
      throw new ConfigurationException(
          "heads " + heads + " is not a multiple of keyValueHeads " + keyValueHeads);
    }
    if (headDim % 2 != 0) {
      throw new ConfigurationException(
          "headDim " + headDim + " is odd; rotary features turn in pairs");
    }
    if (!(ropeTheta > 0)) {
      throw new ConfigurationException("ropeTheta " + ropeTheta + " is not above 0");
    }
    if (!(normEps > 0)) {
      throw new ConfigurationException("normEps " + normEps + " is not above 0");
    }
  }

  private static void positive(String field, int value) {
    if (value <= 0) {
      throw new ConfigurationException(field + " is " + value + "; it must be above 0");
    }
  }

  /** The usual choices for given sizes: full attention heads, θ 10000, eps 1e-5, untied. */
  public static TransformerConfig of(
      int vocabularySize, int contextLength, int dModel, int layers, int heads, int dFf) {
    if (heads <= 0 || dModel % heads != 0) {
      throw new ConfigurationException("dModel " + dModel + " is not a multiple of heads " + heads);
    }
    return new TransformerConfig(
        vocabularySize,
        contextLength,
        dModel,
        layers,
        heads,
        heads,
        dModel / heads,
        dFf,
        10_000,
        false,
        1e-5,
        false);
  }

  /** The same with another vocabulary. */
  public TransformerConfig withVocabularySize(int size) {
    return new TransformerConfig(
        size,
        contextLength,
        dModel,
        layers,
        heads,
        keyValueHeads,
        headDim,
        dFf,
        ropeTheta,
        ropeInterleaved,
        normEps,
        tiedEmbeddings);
  }

  /** The same with the output projection tied to the embedding, or not. */
  public TransformerConfig withTiedEmbeddings(boolean tied) {
    return new TransformerConfig(
        vocabularySize,
        contextLength,
        dModel,
        layers,
        heads,
        keyValueHeads,
        headDim,
        dFf,
        ropeTheta,
        ropeInterleaved,
        normEps,
        tied);
  }
}
