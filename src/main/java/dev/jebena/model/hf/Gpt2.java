package dev.jebena.model.hf;

import dev.jebena.model.ConfigurationException;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.TrainingConfig;
import dev.jebena.model.TransformerConfig;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * GPT-2 (Radford et al., 2019). Its file keeps matrices as {@code [in, out]}, and queries, keys and
 * values in one.
 */
final class Gpt2 implements Family {
  private static final String FILE = "transformer.h.{i}.";
  private static final String LAYER = "model.layers.{i}.";

  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public String architecture() {
    return "GPT2LMHeadModel";
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(50_256);
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    boolean scaled = json.flag("scale_attn_weights", true);
    boolean byLayer = json.flag("scale_attn_by_inverse_layer_idx", false);
    json.only("add_cross_attention", false);
    json.flag("reorder_and_upcast_attn", false); // the same in f32
    int dModel = json.whole("n_embd", 768);
    int heads = json.whole("n_head", 12);
    var activation = Activations.read(json, "activation_function", "gelu_new");
    int width = json.whole("n_inner", 4 * dModel);
    double eps = json.number("layer_norm_epsilon", 1e-5);
    boolean tied = json.flag("tie_word_embeddings", true);
    try {
      return TransformerConfig.gpt2(
              json.whole("vocab_size", 50_257),
              json.whole("n_positions", 1024),
              dModel,
              json.whole("n_layer", 12),
              heads)
          .with(c ->
              c.dFf(width)
                  .activation(activation)
                  .attentionScale(scaled ? 0 : 1)
                  .attentionScaleByLayer(byLayer)
                  .normEps(eps)
                  .tiedEmbeddings(tied)
                  .training(TrainingConfig.DEFAULT));
    } catch (ConfigurationException e) {
      throw json.wrong(e.getMessage());
    }
  }

  @Override
  public Set<String> harmless() {
    return Set.of("n_ctx", "predict_special_tokens");
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    json.put("vocab_size", c.vocabularySize())
        .put("n_positions", c.contextLength())
        .put("n_ctx", c.contextLength())
        .put("n_embd", c.dModel())
        .put("n_layer", c.layers())
        .put("n_head", c.heads())
        .put("n_inner", c.dFf())
        .put("activation_function", Activations.name(c.feedForward().activation()))
        .put("layer_norm_epsilon", c.norms().eps())
        .put("tie_word_embeddings", c.tiedEmbeddings())
        .put("initializer_range", 0.02)
        .put("resid_pdrop", 0.0)
        .put("embd_pdrop", 0.0)
        .put("attn_pdrop", 0.0)
        .put("scale_attn_weights", c.attention().scale() == 0)
        .put("scale_attn_by_inverse_layer_idx", c.attention().scaleByLayer())
        .put("use_cache", true);
  }

  @Override
  public List<TensorRule> rules() {
    return List.of(
        TensorRule.of("transformer.wte.weight", "model.embed_tokens.weight"),
        TensorRule.of("transformer.wpe.weight", "model.embed_positions.weight"),
        TensorRule.of(FILE + "ln_1.weight", LAYER + "input_layernorm.weight"),
        TensorRule.of(FILE + "ln_1.bias", LAYER + "input_layernorm.bias"),
        TensorRule.transposed(
            FILE + "attn.c_attn.weight",
            LAYER + "self_attn.q_proj.weight",
            LAYER + "self_attn.k_proj.weight",
            LAYER + "self_attn.v_proj.weight"),
        TensorRule.of(
            FILE + "attn.c_attn.bias",
            LAYER + "self_attn.q_proj.bias",
            LAYER + "self_attn.k_proj.bias",
            LAYER + "self_attn.v_proj.bias"),
        TensorRule.transposed(FILE + "attn.c_proj.weight", LAYER + "self_attn.o_proj.weight"),
        TensorRule.of(FILE + "attn.c_proj.bias", LAYER + "self_attn.o_proj.bias"),
        TensorRule.of(FILE + "ln_2.weight", LAYER + "post_attention_layernorm.weight"),
        TensorRule.of(FILE + "ln_2.bias", LAYER + "post_attention_layernorm.bias"),
        TensorRule.transposed(FILE + "mlp.c_fc.weight", LAYER + "mlp.up_proj.weight"),
        TensorRule.of(FILE + "mlp.c_fc.bias", LAYER + "mlp.up_proj.bias"),
        TensorRule.transposed(FILE + "mlp.c_proj.weight", LAYER + "mlp.down_proj.weight"),
        TensorRule.of(FILE + "mlp.c_proj.bias", LAYER + "mlp.down_proj.bias"),
        TensorRule.of("transformer.ln_f.weight", "model.norm.weight"),
        TensorRule.of("transformer.ln_f.bias", "model.norm.bias"));
  }

  /** The first files had no {@code transformer.} before their names. */
  @Override
  public String fullName(String tensor) {
    return tensor.startsWith("transformer.") || tensor.startsWith("lm_head.")
        ? tensor
        : "transformer." + tensor;
  }

  /** Files keep the causal mask as well. */
  @Override
  public boolean idle(String tensor, TransformerConfig config) {
    return Family.super.idle(tensor, config)
        || tensor.endsWith(".attn.bias")
        || tensor.endsWith(".attn.masked_bias");
  }
}
