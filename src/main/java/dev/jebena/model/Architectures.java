package dev.jebena.model;

import dev.jebena.kernel.Activation;
import dev.jebena.model.AttentionConfig.QueryKeyNorm;
import dev.jebena.model.NormConfig.Kind;
import dev.jebena.model.NormConfig.Place;
import dev.jebena.model.TrainingConfig.Start;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Architectures by the names of the models that made them known, all at one small size, so that
 * they can be compared: 4 layers, width 256, 4 heads of 64, feed-forward layers of about equal
 * cost.
 */
final class Architectures {
  private static final int WIDTH = 256;
  private static final int GATED = 704; // 8/3 of the width, rounded up to a multiple of 64
  private static final int PLAIN = 4 * WIDTH;

  private Architectures() {}

  private static final Map<String, UnaryOperator<ConfigBuilder>> CHOICES = new LinkedHashMap<>();

  static {
    CHOICES.put("llama", c -> c);
    CHOICES.put("llama3", c -> c.keyValueHeads(2).ropeTheta(5e5));
    CHOICES.put(
        "llama3-long",
        c -> c.keyValueHeads(2).ropeTheta(5e5).ropeScaling(RopeScaling.llama3(8, 64, 1, 4)));
    CHOICES.put("yarn", c -> c.ropeScaling(yarn()));
    CHOICES.put("interpolated", c -> c.ropeScaling(RopeScaling.by(RopeScaling.Kind.LINEAR, 4)));
    CHOICES.put("ntk", c -> c.ropeScaling(RopeScaling.by(RopeScaling.Kind.NTK, 4)));
    CHOICES.put("roformer", c -> c.ropeInterleaved(true));
    CHOICES.put(
        "neox",
        c ->
            plain(c, Activation.GELU)
                .norm(Kind.LAYER)
                .normBias(true)
                .biases(true)
                .normPlace(Place.PARALLEL)
                .rotaryFraction(0.25));
    CHOICES.put("palm", c -> c.normPlace(Place.PARALLEL).keyValueHeads(1).tiedEmbeddings(true));
    CHOICES.put(
        "vaswani",
        c ->
            plain(c, Activation.RELU)
                .norm(Kind.LAYER)
                .normBias(true)
                .normPlace(Place.POST)
                .biases(true)
                .positions(PositionConfig.Kind.SINUSOIDAL)
                .embeddingScale(Math.sqrt(WIDTH))
                .tiedEmbeddings(true)
                .dropout(0.1)
                .attentionDropout(0.1));
    CHOICES.put(
        "gpt2",
        c ->
            plain(c, Activation.GELU_TANH)
                .norm(Kind.LAYER)
                .normBias(true)
                .biases(true)
                .positions(PositionConfig.Kind.LEARNED)
                .tiedEmbeddings(true)
                .start(Start.GPT2));
    CHOICES.put(
        "bloom",
        c ->
            plain(c, Activation.GELU_TANH)
                .norm(Kind.LAYER)
                .normBias(true)
                .biases(true)
                .positions(PositionConfig.Kind.ALIBI));
    CHOICES.put(
        "clip",
        c ->
            plain(c, Activation.QUICK_GELU)
                .norm(Kind.LAYER)
                .normBias(true)
                .biases(true)
                .positions(PositionConfig.Kind.LEARNED)
                .attentionScaleByLayer(true));
    CHOICES.put("primer", c -> plain(c, Activation.RELU_SQUARED));
    CHOICES.put("silu", c -> plain(c, Activation.SILU));
    CHOICES.put("glu", c -> c.activation(Activation.SIGMOID));
    CHOICES.put("reglu", c -> c.activation(Activation.RELU));
    CHOICES.put("geglu", c -> c.activation(Activation.GELU));
    CHOICES.put("mistral", c -> c.keyValueHeads(2).windows(List.of(64)));
    CHOICES.put("qwen2", c -> c.keyValueHeads(2).queryKeyValueBias(true));
    CHOICES.put("qwen3", c -> c.keyValueHeads(2).queryKeyNorm(QueryKeyNorm.HEAD));
    CHOICES.put(
        "gemma2",
        c ->
            c.activation(Activation.GELU_TANH)
                .normPlace(Place.SANDWICH)
                .normUnitOffset(true)
                .attentionSoftCap(50)
                .logitSoftCap(30)
                .windows(List.of(64, 0))
                .embeddingScale(Math.sqrt(WIDTH))
                .tiedEmbeddings(true)
                .keyValueHeads(2));
    CHOICES.put(
        "olmo2", c -> c.normPlace(Place.OUTPUT).queryKeyNorm(QueryKeyNorm.PROJECTION).zLoss(1e-5));
    CHOICES.put(
        "deepseek",
        c -> c.headDim(48).latent(new LatentConfig(96, 64, 16, 48)).ropeInterleaved(true));
    CHOICES.put(
        "gpt-oss", c -> c.keyValueHeads(1).sinks(true).windows(List.of(32, 0)).biases(true));
    CHOICES.put("nope", c -> c.positions(PositionConfig.Kind.NONE));
    CHOICES.put("no-norm", c -> c.norm(Kind.NONE).residualScale(0.25));
    CHOICES.put("layernorm", c -> c.norm(Kind.LAYER));
    CHOICES.put("glorot", c -> c.start(Start.TRUNCATED_NORMAL));
    CHOICES.put("mup", ConfigBuilder::maximalUpdate);
  }

  private static ConfigBuilder plain(ConfigBuilder c, Activation activation) {
    return c.gated(false).activation(activation).dFf(PLAIN);
  }

  private static RopeScaling yarn() {
    return new RopeScaling(RopeScaling.Kind.YARN, 4, 64, 1, 32, 0, false, List.of(), List.of());
  }

  /** By name, as {@code small-NAME}. */
  static Map<String, TransformerConfig> small() {
    var base = TransformerConfig.of(4096, 256, WIDTH, 4, 4, GATED);
    var all = new LinkedHashMap<String, TransformerConfig>();
    CHOICES.forEach((name, change) -> all.put("small-" + name, base.with(change)));
    return all;
  }
}
