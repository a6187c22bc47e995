package dev.jebena.model;

import java.util.List;

/**
 * The attention of a model.
 *
 * @param heads query heads
 * @param keyValueHeads heads of keys and values; divides {@code heads}: as many for multi-head, one
 *     for multi-query (Shazeer, 2019), fewer for grouped-query attention (Ainslie et al., 2023)
 * @param headDim features a head; free of the model's width
 * @param queryKeyValueBias whether queries, keys and values have biases
 * @param outputBias whether the output projection has a bias
 * @param queryKeyNorm norms of queries and keys
 * @param scale of the scores; 0 for {@code 1/√headDim}
 * @param scaleByLayer whether scores of layer i, from 0, are divided by i + 1 as well, against
 *     overflow in f16 (GPT-2 in Stanford's Mistral, 2021)
 * @param softCap scores become {@code cap·tanh(score/cap)}; 0 for none (Gemma 2)
 * @param windows what the layers see, over and over: so many positions up to their own, 0 for all
 *     (Beltagy et al., 2020; Mistral; alternating in Gemma 2)
 * @param sinks a learned score a head that takes part in the softmax and gives nothing (Xiao et
 *     al., 2023, as in gpt-oss)
 * @param latent keys and values through a narrow latent; null for none
 */
public record AttentionConfig(
    int heads,
    int keyValueHeads,
    int headDim,
    boolean queryKeyValueBias,
    boolean outputBias,
    QueryKeyNorm queryKeyNorm,
    double scale,
    boolean scaleByLayer,
    double softCap,
    List<Integer> windows,
    boolean sinks,
    LatentConfig latent) {
  /** Norms of queries and keys before positions (Henry et al., 2020). */
  public enum QueryKeyNorm {
    /** No norms. */
    NONE,
    /** Over each head, with one weight for all heads (Qwen3). */
    HEAD,
    /** Over all heads together (OLMo 2). */
    PROJECTION
  }

  public AttentionConfig {
    TransformerConfig.positive("heads", heads);
    TransformerConfig.positive("keyValueHeads", keyValueHeads);
    TransformerConfig.positive("headDim", headDim);
    TransformerConfig.given("queryKeyNorm", queryKeyNorm);
    if (heads % keyValueHeads != 0) {
      throw new ConfigurationException(
          "heads " + heads + " is not a multiple of keyValueHeads " + keyValueHeads);
    }
    if (!(scale >= 0)) {
      throw new ConfigurationException("attention scale " + scale + " is below 0");
    }
    if (!(softCap >= 0)) {
      throw new ConfigurationException("attention soft-cap " + softCap + " is below 0");
    }
    TransformerConfig.given("windows", windows);
    windows = List.copyOf(windows);
    if (windows.stream().anyMatch(w -> w < 0)) {
      throw new ConfigurationException("attention windows " + windows + ": one is below 0");
    }
    if (windows.stream().allMatch(w -> w == 0)) {
      windows = List.of(); // one way to say that all is seen
    }
  }

  /** Plain causal attention. */
  public static AttentionConfig of(int heads, int keyValueHeads, int headDim) {
    return new AttentionConfig(
        heads,
        keyValueHeads,
        headDim,
        false,
        false,
        QueryKeyNorm.NONE,
        0,
        false,
        0,
        List.of(),
        false,
        null);
  }

  /** Positions that a layer sees, its own included; 0 for all. */
  public int window(int layer) {
    return windows.isEmpty() ? 0 : windows.get(layer % windows.size());
  }

  /** What scores of the first layer are multiplied by. */
  public double scoreScale() {
    return scale == 0
        ? 1 / Math.sqrt(latent == null ? headDim : headDim + latent.ropeDim())
        : scale;
  }

  /** What scores of a layer are multiplied by. */
  public double scoreScale(int layer) {
    return scaleByLayer ? scoreScale() / (layer + 1) : scoreScale();
  }
}
