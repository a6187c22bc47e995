package dev.jebena.model.hf;

import dev.jebena.model.AttentionConfig.QueryKeyNorm;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.NormConfig;
import dev.jebena.model.TransformerConfig;
import java.util.OptionalInt;

/** OLMo 2 (2024): norms behind each part only, and of queries and keys over all heads together. */
final class Olmo2 implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults(
          "silu", 1e-5, false, 2048, 0, new LlamaKeys.Sizes(50_304, 4096, 11_008, 32, 32));

  @Override
  public String modelType() {
    return "olmo2";
  }

  @Override
  public String architecture() {
    return "Olmo2ForCausalLM";
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(50_279);
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    boolean bias = json.flag("attention_bias", false);
    return LlamaKeys.read(json, DEFAULTS)
        .with(c ->
            c.normPlace(NormConfig.Place.OUTPUT)
                .queryKeyNorm(QueryKeyNorm.PROJECTION)
                .queryKeyValueBias(bias)
                .attentionOutputBias(bias));
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    LlamaKeys.writeHeadDimIfPeculiar(c, json);
    json.put("attention_bias", c.attention().outputBias());
  }
}
