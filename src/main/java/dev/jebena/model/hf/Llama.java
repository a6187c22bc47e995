package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;
import java.util.OptionalInt;

/** Llama 1 to 3 (Touvron et al., 2023; Grattafiori et al., 2024). */
final class Llama implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults(
          "silu", 1e-6, false, 2048, 0, new LlamaKeys.Sizes(32_000, 4096, 11_008, 32, 32));

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public String architecture() {
    return "LlamaForCausalLM";
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(2);
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    boolean attention = json.flag("attention_bias", false);
    boolean feedForward = json.flag("mlp_bias", false);
    return LlamaKeys.read(json, DEFAULTS)
        .with(c ->
            c.queryKeyValueBias(attention)
                .attentionOutputBias(attention)
                .feedForwardBias(feedForward));
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    if (c.dModel() % c.heads() != 0) {
      return; // its class in transformers insists on that, whatever head_dim is; Mistral's does not
    }
    LlamaKeys.write(c, json);
    json.put("attention_bias", c.attention().outputBias()).put("mlp_bias", c.feedForward().bias());
  }
}
