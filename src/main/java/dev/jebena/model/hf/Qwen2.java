package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;

/** Qwen 2 and 2.5 (Yang et al., 2024): Llama with biases on queries, keys and values. */
final class Qwen2 implements Family {
  private static final LlamaKeys.Defaults DEFAULTS =
      new LlamaKeys.Defaults(
          "silu", 1e-6, false, 32_768, 32, new LlamaKeys.Sizes(151_936, 4096, 22_016, 32, 32));

  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public String architecture() {
    return "Qwen2ForCausalLM";
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    return windows(json, LlamaKeys.read(json, DEFAULTS)).with(c -> c.queryKeyValueBias(true));
  }

  /** Both Qwens: layers from {@code max_window_layers} on slide, where windows are used at all. */
  static TransformerConfig windows(ConfigReader json, TransformerConfig config)
      throws ModelFileException {
    int given = LlamaKeys.window(json, 4096);
    int window = json.flag("use_sliding_window", false) ? given : 0;
    int first = json.whole("max_window_layers", 28);
    var windows = LlamaKeys.windows(json, config, window, layer -> window > 0 && layer >= first);
    return config.with(c -> c.windows(windows));
  }

  static void writeWindows(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.writeWindows(c, json);
    json.put("use_sliding_window", !c.attention().windows().isEmpty())
        .put("max_window_layers", c.layers());
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    LlamaKeys.write(c, json);
    LlamaKeys.writeHeadDimIfPeculiar(c, json);
    writeWindows(c, json);
  }
}
