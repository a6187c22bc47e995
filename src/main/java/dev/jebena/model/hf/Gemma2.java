package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.NormConfig;
import dev.jebena.model.TransformerConfig;

/**
 * Gemma 2 (2024): norms before and behind each part, soft-caps of scores and logits, every other
 * layer with a window, embeddings scaled by √D, GeGLU, norm weights stored as differences from 1.
 */
final class Gemma2 implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults("gelu_pytorch_tanh", 1e-6, 10_000, true, 8192);

  @Override
  public String modelType() {
    return "gemma2";
  }

  @Override
  public String architecture() {
    return "Gemma2ForCausalLM";
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    json.only("use_bidirectional_attention", false);
    boolean bias = json.flag("attention_bias", false);
    int headDim = json.whole("head_dim", 256);
    // a scalar that equals the head dimension is the usual scale; it has one form here
    double scalar = json.number("query_pre_attn_scalar", 256);
    double cap = json.has("attn_logit_softcapping") ? json.number("attn_logit_softcapping", 0) : 0;
    double logitCap =
        json.has("final_logit_softcapping") ? json.number("final_logit_softcapping", 0) : 0;
    int window = json.whole("sliding_window", 4096);
    var config = LlamaKeys.read(json, DEFAULTS).with(c -> c.headDim(headDim));
    var windows = LlamaKeys.windows(json, config, window, layer -> layer % 2 == 0);
    return config.with(c ->
        c.normPlace(NormConfig.Place.SANDWICH)
            .normUnitOffset(true)
            .queryKeyValueBias(bias)
            .attentionOutputBias(bias)
            .attentionScale(scalar == headDim ? 0 : 1 / Math.sqrt(scalar))
            .attentionSoftCap(cap)
            .logitSoftCap(logitCap)
            .windows(windows)
            .embeddingScale((float) Math.sqrt(config.dModel())));
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    double scale = c.attention().scoreScale();
    json.put("hidden_activation", gelu(c))
        .put("hidden_act", gelu(c))
        .put("attention_bias", c.attention().outputBias())
        .put("query_pre_attn_scalar", scalar(c))
        .putOrNull("attn_logit_softcapping", c.attention().softCap())
        .putOrNull("final_logit_softcapping", c.embeddings().logitSoftCap());
    LlamaKeys.writeWindows(c, json);
  }

  private static String gelu(TransformerConfig c) {
    var name = Activations.name(c.feedForward().activation());
    return name.equals("gelu_new") ? "gelu_pytorch_tanh" : name;
  }

  /** {@code transformers} wants a whole number. */
  private static int scalar(TransformerConfig c) {
    double scale = c.attention().scoreScale();
    return (int) Math.round(1 / (scale * scale));
  }
}
