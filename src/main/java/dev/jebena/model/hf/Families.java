package dev.jebena.model.hf;

import dev.jebena.model.ConfigurationException;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All families, in the order in which they are asked whether they can say a configuration. */
final class Families {
  static final List<Family> ALL =
      List.of(
          new Llama(),
          new Mistral(),
          new Qwen2(),
          new Qwen3(),
          new Gemma2(),
          new Olmo2(),
          new Phi3(),
          new DeepseekV3(),
          new Gpt2(),
          new Jebena());

  private Families() {}

  /** The family of a file. */
  static Family of(ConfigReader json) throws ModelFileException {
    var type = json.text("model_type", "");
    for (var family : ALL) {
      if (family.modelType().equals(type)) {
        return family;
      }
    }
    throw json.wrong(
        "model_type", ALL.stream().map(Family::modelType).collect(Collectors.joining(", ")));
  }

  /**
   * Where angles of long texts are other ones, Phi-3 is asked first: only its class knows that keys
   * of the short text are then of no use.
   */
  private static List<Family> asked(TransformerConfig config) {
    if (config.positions().turningPoint() == 0) {
      return ALL;
    }
    var asked = new ArrayList<Family>(ALL);
    asked.addFirst(new Phi3());
    return asked;
  }

  /** The first family whose file, read again, is the same configuration. */
  static Family of(TransformerConfig config) {
    var arithmetic = config.arithmetic();
    for (var family : asked(config)) {
      var json = new ConfigWriter();
      family.write(arithmetic, json);
      try {
        if (family.read(new ConfigReader(Path.of("config.json"), json.json())).equals(arithmetic)) {
          return family;
        }
      } catch (ModelFileException | ConfigurationException e) {
        // what it wrote means nothing to it: another family
      }
    }
    throw new IllegalStateException("no family can say " + config);
  }
}
