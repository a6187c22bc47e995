package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;

/** Llama 1 to 3 (Touvron et al., 2023; Grattafiori et al., 2024). */
final class Llama implements Family {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public String architecture() {
    return "LlamaForCausalLM";
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    boolean attention = json.flag("attention_bias", false);
    boolean feedForward = json.flag("mlp_bias", false);
    return LlamaKeys.read(json, LlamaKeys.Defaults.LLAMA)
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
