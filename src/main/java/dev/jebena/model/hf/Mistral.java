package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;
import java.util.List;
import java.util.OptionalInt;

/** Mistral (Jiang et al., 2023): every layer sees the same number of positions back. */
final class Mistral implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults(
          "silu", 1e-6, false, 4096 * 32, 8, new LlamaKeys.Sizes(32_000, 4096, 14_336, 32, 32));

  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public String architecture() {
    return "MistralForCausalLM";
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(2);
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    int window = LlamaKeys.window(json, 4096);
    var config = LlamaKeys.read(json, DEFAULTS).with(c -> c.windows(List.of(window)));
    // its class in transformers reads no layer types: what they say must be so anyway
    var types = LlamaKeys.windows(json, config, window, _ -> window > 0);
    if (!types.equals(List.of(window))) {
      throw json.wrong("layer_types", "the same for all layers, as sliding_window says");
    }
    return config;
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    json.putOrNull("sliding_window", c.attention().window(0));
  }
}
