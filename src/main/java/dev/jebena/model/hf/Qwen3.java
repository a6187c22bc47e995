package dev.jebena.model.hf;

import dev.jebena.model.AttentionConfig.QueryKeyNorm;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;

/** Qwen 3 (Yang et al., 2025): norms of queries and keys instead of their biases. */
final class Qwen3 implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults(
          "silu", 1e-6, false, 32_768, 32, new LlamaKeys.Sizes(151_936, 4096, 22_016, 32, 32, 128));

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
    return Qwen2.windows(json, LlamaKeys.read(json, DEFAULTS))
        .with(c ->
            c.queryKeyNorm(QueryKeyNorm.HEAD).queryKeyValueBias(bias).attentionOutputBias(bias));
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    json.put("attention_bias", c.attention().outputBias());
    Qwen2.writeWindows(c, json);
  }
}
