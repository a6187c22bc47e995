package dev.jebena.testing;

import dev.jebena.model.TransformerConfig;

/** Configurations for tests. */
public final class Configs {
  private Configs() {}

  /** All that differs among models of Llama's kind. */
  public static TransformerConfig llama(
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
      boolean tied) {
    return TransformerConfig.of(vocabularySize, contextLength, 2 * heads, layers, heads, dFf)
        .with(c ->
            c.dModel(dModel)
                .keyValueHeads(keyValueHeads)
                .headDim(headDim)
                .ropeTheta(ropeTheta)
                .ropeInterleaved(ropeInterleaved)
                .normEps(normEps)
                .tiedEmbeddings(tied));
  }
}
