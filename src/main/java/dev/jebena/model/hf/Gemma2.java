package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.NormConfig;
import dev.jebena.model.TransformerConfig;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Gemma 2 (2024): norms before and behind each part, soft-caps of scores and logits, every other
 * layer with a window, embeddings scaled by √D, GeGLU, norm weights stored as differences from 1.
 */
final class Gemma2 implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults(
          "gelu_pytorch_tanh",
          1e-6,
          true,
          8192,
          4,
          new LlamaKeys.Sizes(256_000, 2304, 9216, 26, 8, 256));

  @Override
  public String modelType() {
    return "gemma2";
  }

  @Override
  public String architecture() {
    return "Gemma2ForCausalLM";
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(1);
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    json.only("use_bidirectional_attention", false);
    boolean bias = json.flag("attention_bias", false);
    // a scalar that equals the head dimension is the usual scale; it has one form here
    double scalar = json.number("query_pre_attn_scalar", 256);
    double cap = json.numberOrNone("attn_logit_softcapping", 50);
    double logitCap = json.numberOrNone("final_logit_softcapping", 30);
    int window = LlamaKeys.window(json, 4096);
    var config = LlamaKeys.read(json, DEFAULTS, "hidden_activation");
    // a word of the first files, which nobody reads any more
    var activation = config.feedForward().activation();
    if (json.has("hidden_act")
        && Activations.read(json, "hidden_act", DEFAULTS.activation()) != activation) {
      throw json.wrong("hidden_act", "hidden_activation, which differs,");
    }
    var windows = LlamaKeys.windows(json, config, window, layer -> layer % 2 == 0);
    return config.with(c ->
        c.normPlace(NormConfig.Place.SANDWICH)
            .normUnitOffset(true)
            .queryKeyValueBias(bias)
            .attentionOutputBias(bias)
            .attentionScale(scalar == config.headDim() ? 0 : 1 / Math.sqrt(scalar))
            .attentionSoftCap(cap)
            .logitSoftCap(logitCap)
            .windows(windows)
            .embeddingScale((float) Math.sqrt(config.dModel())));
  }

  /** The first files have another word beside {@code sliding_window}, which nobody reads. */
  @Override
  public Set<String> harmless() {
    return Set.of("sliding_window_size");
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    putScalar(c, json);
    json.put("hidden_activation", gelu(c))
        .put("hidden_act", gelu(c))
        .put("attention_bias", c.attention().outputBias())
        .putOrNull("attn_logit_softcapping", c.attention().softCap())
        .putOrNull("final_logit_softcapping", c.embeddings().logitSoftCap());
    LlamaKeys.writeWindows(c, json);
    if (c.attention().windows().isEmpty()) {
      json.put("sliding_window", c.contextLength()); // its class wants a number that nobody uses
    }
  }

  private static String gelu(TransformerConfig c) {
    var name = Activations.name(c.feedForward().activation());
    return name.equals("gelu_new") ? "gelu_pytorch_tanh" : name;
  }

  /**
   * Whose root divides the scores, so that it reads back as the same scale. Version 5 of {@code
   * transformers} takes whole numbers only and refuses others by name; version 4 takes both.
   */
  private static void putScalar(TransformerConfig c, ConfigWriter json) {
    double scale = c.attention().scoreScale();
    double scalar = 1 / (scale * scale);
    long whole = Math.round(scalar);
    if (1 / Math.sqrt(whole) == scale) {
      json.put("query_pre_attn_scalar", Math.toIntExact(whole));
      return;
    }
    // squaring and dividing may have moved the last digit
    for (double near : new double[] {scalar, Math.nextDown(scalar), Math.nextUp(scalar)}) {
      if (1 / Math.sqrt(near) == scale) {
        json.put("query_pre_attn_scalar", near);
        return;
      }
    }
  }
}
