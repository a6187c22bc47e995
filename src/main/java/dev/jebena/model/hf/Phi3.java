package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.RopeScaling;
import dev.jebena.model.TransformerConfig;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Phi-3 (Abdin et al., 2024): Llama, with projections of one input in one matrix. */
final class Phi3 implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults(
          "silu",
          1e-5,
          false,
          4096,
          0,
          new LlamaKeys.Sizes(32_064, 3072, 8192, 32, 32),
          // its first files called LongRoPE by other names
          new Rope.Peculiar(
              true,
              4096,
              Map.of("su", RopeScaling.Kind.LONG_ROPE, "yarn", RopeScaling.Kind.LONG_ROPE)));

  private static final String LAYER = "model.layers.{i}.";

  @Override
  public String modelType() {
    return "phi3";
  }

  @Override
  public String architecture() {
    return "Phi3ForCausalLM";
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(32_000);
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    int window = LlamaKeys.window(json, 0);
    var config = LlamaKeys.read(json, DEFAULTS).with(c -> c.windows(List.of(window)));
    var scaling = config.positions().scaling().kind();
    if (scaling != RopeScaling.Kind.NONE && scaling != RopeScaling.Kind.LONG_ROPE) {
      throw json.wrong("phi3 has no scaled rotary positions but longrope");
    }
    return config;
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    // its class counts LongRoPE's divisors by the share of the width, whatever head_dim says
    if (c.positions().turningPoint() > 0 && c.headDim() != c.dModel() / c.heads()) {
      return;
    }
    LlamaKeys.write(c, json);
    LlamaKeys.writeHeadDimIfPeculiar(c, json);
    json.putOrNull("sliding_window", c.attention().window(0));
    int original = c.positions().scaling().originalContext();
    json.put("original_max_position_embeddings", original == 0 ? c.contextLength() : original);
  }

  @Override
  public List<TensorRule> rules() {
    return List.of(
        TensorRule.of(
            LAYER + "self_attn.qkv_proj.weight",
            LAYER + "self_attn.q_proj.weight",
            LAYER + "self_attn.k_proj.weight",
            LAYER + "self_attn.v_proj.weight"),
        TensorRule.of(
            LAYER + "mlp.gate_up_proj.weight",
            LAYER + "mlp.gate_proj.weight",
            LAYER + "mlp.up_proj.weight"));
  }
}
