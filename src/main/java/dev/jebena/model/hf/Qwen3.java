package dev.jebena.model.hf;

import dev.jebena.model.AttentionConfig.QueryKeyNorm;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;

/** Qwen 3 (Yang et al., 2025): norms of queries and keys instead of their biases. */
final class Qwen3 implements Family {
  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public String architecture() {
    return "Qwen3ForCausalLM";
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    boolean bias = json.flag("attention_bias", false);
    int headDim = json.whole("head_dim", 128);
    return Qwen2.windows(json, LlamaKeys.read(json, Qwen2.DEFAULTS))
        .with(c ->
            c.headDim(headDim)
                .queryKeyNorm(QueryKeyNorm.HEAD)
                .queryKeyValueBias(bias)
                .attentionOutputBias(bias));
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    json.put("attention_bias", c.attention().outputBias());
    Qwen2.writeWindows(c, json);
  }
}
