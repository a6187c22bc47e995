package dev.jebena.model.hf;

import dev.jebena.model.LatentConfig;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.RopeScaling;
import dev.jebena.model.TransformerConfig;
import java.util.OptionalInt;
import java.util.Set;

/**
 * DeepSeek-V3 (2024) without its experts: latent attention, and feed-forward layers that are dense
 * throughout. Rotary pairs are neighbours.
 */
final class DeepseekV3 implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults(
          "silu", 1e-6, false, 4096, 128, new LlamaKeys.Sizes(129_280, 7168, 18_432, 61, 128, 64));

  @Override
  public String modelType() {
    return "deepseek_v3";
  }

  @Override
  public String architecture() {
    return "DeepseekV3ForCausalLM";
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(1);
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    boolean bias = json.flag("attention_bias", false);
    boolean interleaved = json.flag("rope_interleave", true);
    int still = json.whole("qk_nope_head_dim", 128);
    var latent =
        new LatentConfig(
            json.wholeOrNone("q_lora_rank", 1536),
            json.whole("kv_lora_rank", 512),
            json.whole("qk_rope_head_dim", 64),
            json.whole("v_head_dim", 128));
    var config = LlamaKeys.read(json, DEFAULTS);
    if (json.whole("first_k_dense_replace", 3) < config.layers()) {
      throw json.wrong("first_k_dense_replace", "as many as layers: there are no experts here");
    }
    if (config.positions().scaling().kind() != RopeScaling.Kind.NONE) {
      throw json.wrong("scaled rotary positions are not supported for deepseek_v3");
    }
    return config.with(c ->
        c.keyValueHeads(config.heads())
            .headDim(still)
            .latent(latent)
            .ropeInterleaved(interleaved)
            .queryKeyValueBias(bias)
            .attentionOutputBias(bias));
  }

  /** What only its experts, or the prediction of several tokens at once, would read. */
  @Override
  public Set<String> harmless() {
    return Set.of(
        "aux_loss_alpha",
        "ep_size",
        "moe_intermediate_size",
        "moe_layer_freq",
        "n_group",
        "n_routed_experts",
        "n_shared_experts",
        "norm_topk_prob",
        "num_experts_per_tok",
        "num_mtp_layers",
        "num_nextn_predict_layers",
        "qk_head_dim",
        "routed_scaling_factor",
        "scoring_func",
        "seq_aux",
        "topk_group",
        "topk_method");
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    var latent = c.attention().latent();
    if (latent == null) {
      return;
    }
    json.put("head_dim", latent.ropeDim())
        .putOrNull("q_lora_rank", latent.queryRank())
        .put("kv_lora_rank", latent.keyValueRank())
        .put("qk_nope_head_dim", c.headDim())
        .put("qk_rope_head_dim", latent.ropeDim())
        .put("v_head_dim", latent.valueDim())
        .put("rope_interleave", c.positions().interleaved())
        .put("attention_bias", c.attention().outputBias())
        .put("first_k_dense_replace", c.layers());
  }
}
