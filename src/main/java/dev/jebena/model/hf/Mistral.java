package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;
import java.util.List;

/** Mistral (Jiang et al., 2023): every layer sees the same number of positions back. */
final class Mistral implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults("silu", 1e-6, 10_000, false, 4096 * 32);

  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public String architecture() {
    return "MistralForCausalLM";
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    int window = json.whole("sliding_window", 0);
    if (window < 0) {
      throw json.wrong("sliding_window", "a number above 0 or null");
    }
    return LlamaKeys.read(json, DEFAULTS).with(c -> c.windows(List.of(window)));
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    json.putOrNull("sliding_window", c.attention().window(0));
  }
}
