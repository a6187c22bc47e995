package dev.jebena.model;

import dev.jebena.kernel.Activation;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Everything that decides what a decoder-only Transformer computes, each choice a field of a small
 * record. {@link #of} gives the usual choices; {@link #with} changes some:
 *
 * <pre>{@code
 * TransformerConfig.of(50_257, 1024, 768, 12, 12, 3072)
 *     .with(c -> c.norm(NormConfig.Kind.LAYER).positions(PositionConfig.Kind.LEARNED))
 * }</pre>
 *
 * @param vocabularySize V
 * @param contextLength the most positions it can see
 * @param dModel D, the width of the residual stream
 * @param layers number of blocks
 * @param attention heads, biases, windows
 * @param feedForward width, activation, gate
 * @param positions how it knows where a token stands
 * @param norms which and where
 * @param embeddings the way in and out
 * @param residualScale what attention and feed-forward are multiplied by before they are added to
 *     the residual stream
 * @param training what only training sees
 */
public record TransformerConfig(
    int vocabularySize,
    int contextLength,
    int dModel,
    int layers,
    AttentionConfig attention,
    FeedForwardConfig feedForward,
    PositionConfig positions,
    NormConfig norms,
    EmbeddingConfig embeddings,
    double residualScale,
    TrainingConfig training) {

  public TransformerConfig {
    positive("vocabularySize", vocabularySize);
    positive("contextLength", contextLength);
    positive("dModel", dModel);
    positive("layers", layers);
    given("attention", attention);
    given("feedForward", feedForward);
    given("positions", positions);
    given("norms", norms);
    given("embeddings", embeddings);
    given("training", training);
    if (!(residualScale > 0)) {
      throw new ConfigurationException("residualScale " + residualScale + " is not above 0");
    }
    if (attention.latent() != null
        && (positions.kind() != PositionConfig.Kind.ROTARY
            || attention.sinks()
            || attention.queryKeyNorm() != AttentionConfig.QueryKeyNorm.NONE
            || attention.keyValueHeads() != attention.heads())) {
      throw new ConfigurationException(
          "latent attention goes with rotary positions and as many key-value heads as heads, and"
              + " without sinks and norms of queries and keys");
    }
    int turning = positions.rotaryDim(attention.headDim());
    boolean rotary = positions.kind() == PositionConfig.Kind.ROTARY;
    if (attention.latent() == null && rotary && (turning % 2 != 0 || turning == 0)) {
      throw new ConfigurationException(
          turning == attention.headDim()
              ? "headDim " + turning + " is odd; rotary features turn in pairs"
              : "rotaryFraction "
                  + positions.rotaryFraction()
                  + " turns "
                  + turning
                  + " features; they turn in pairs");
    }
    if (rotary) {
      int pairs = (attention.latent() == null ? turning : attention.latent().ropeDim()) / 2;
      divisors("short", positions.scaling().shortFactors(), positions.scaling(), pairs);
      divisors("long", positions.scaling().longFactors(), positions.scaling(), pairs);
    }
  }

  private static void divisors(String name, List<Double> given, RopeScaling scaling, int pairs) {
    if (scaling.kind() == RopeScaling.Kind.LONG_ROPE && given.size() != pairs) {
      throw new ConfigurationException(
          "ropeScaling has %d %s factors for %d pairs of features that turn"
              .formatted(given.size(), name, pairs));
    }
  }

  static void positive(String field, int value) {
    if (value <= 0) {
      throw new ConfigurationException(field + " is " + value + "; it must be above 0");
    }
  }

  static void given(String field, Object value) {
    if (value == null) {
      throw new ConfigurationException(field + " is missing");
    }
  }

  /**
   * The choices of Llama (Touvron et al., 2023) for given sizes: RMSNorm before each part, rotary
   * positions, SwiGLU, no biases; full attention heads, θ 10000, eps 1e-5, untied.
   */
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
        AttentionConfig.of(heads, heads, dModel / heads),
        FeedForwardConfig.swiGlu(dFf),
        PositionConfig.rotary(10_000),
        NormConfig.preRms(1e-5),
        EmbeddingConfig.of(false),
        1,
        TrainingConfig.DEFAULT);
  }

  /**
   * The choices of GPT-2 (Radford et al., 2019): LayerNorm before each part, learned positions,
   * GELU by tanh, biases everywhere, a feed-forward of four times the width, a tied output.
   */
  public static TransformerConfig gpt2(
      int vocabularySize, int contextLength, int dModel, int layers, int heads) {
    return of(vocabularySize, contextLength, dModel, layers, heads, 4 * dModel)
        .with(c ->
            c.norm(NormConfig.Kind.LAYER)
                .normBias(true)
                .positions(PositionConfig.Kind.LEARNED)
                .activation(Activation.GELU_TANH)
                .gated(false)
                .biases(true)
                .tiedEmbeddings(true)
                .start(TrainingConfig.Start.GPT2));
  }

  /** The same with some choices changed. */
  public TransformerConfig with(UnaryOperator<ConfigBuilder> change) {
    return change.apply(new ConfigBuilder(this)).build();
  }

  /** The same with another vocabulary. */
  public TransformerConfig withVocabularySize(int size) {
    return with(c -> c.vocabularySize(size));
  }

  /** The same with the output projection tied to the embedding, or not. */
  public TransformerConfig withTiedEmbeddings(boolean tied) {
    return with(c -> c.tiedEmbeddings(tied));
  }

  /** What a trained model computes by: the same without what only training sees. */
  public TransformerConfig arithmetic() {
    return with(c -> c.training(TrainingConfig.DEFAULT));
  }

  /** Query heads. */
  public int heads() {
    return attention.heads();
  }

  /** Heads of keys and values. */
  public int keyValueHeads() {
    return attention.keyValueHeads();
  }

  /** Features a head. */
  public int headDim() {
    return attention.headDim();
  }

  /** Width of the feed-forward layer. */
  public int dFf() {
    return feedForward.width();
  }

  /** Whether the output projection is the embedding. */
  public boolean tiedEmbeddings() {
    return embeddings.tied();
  }
}
