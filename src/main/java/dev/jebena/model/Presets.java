package dev.jebena.model;

import java.util.Map;
import java.util.TreeMap;

/**
 * Configurations by name or by one knob. With {@link #ofDepth} the depth sets the rest, as in
 * nanochat: width 64 a layer, heads of 64 features, a feed-forward of 8/3 of the width, and a
 * learning rate that falls with the root of the width.
 */
public final class Presets {
  private static final int HEAD_DIM = 64;
  private static final double SMALL_RATE = 3e-3;

  /**
   * What training needs to know beside the model.
   *
   * @param batchSize sequences a step
   * @param learningRate at the peak of the schedule
   */
  public record Preset(TransformerConfig model, int batchSize, double learningRate) {}

  private Presets() {}

  /**
   * A model of so many layers.
   *
   * @throws ConfigurationException for a depth outside of 1 to 64
   */
  public static Preset ofDepth(int depth, int vocabularySize, int contextLength) {
    if (depth < 1 || depth > 64) {
      throw new ConfigurationException("depth " + depth + " is not between 1 and 64");
    }
    int width = HEAD_DIM * depth;
    int feedForward = roundUp(width * 8 / 3, 64);
    var model =
        TransformerConfig.of(vocabularySize, contextLength, width, depth, depth, feedForward);
    return of(model);
  }

  /** A configuration that nobody has published a recipe for. */
  public static Preset of(TransformerConfig model) {
    return new Preset(model, 8, 3.5e-3 * Math.sqrt(256.0 / model.dModel()));
  }

  private static int roundUp(int value, int step) {
    return (value + step - 1) / step * step;
  }

  /** Named configurations, with the vocabulary that each was published with. */
  public static Map<String, Preset> named() {
    var presets = new TreeMap<String, Preset>();
    presets.put("22.7M", new Preset(TransformerConfig.of(10_000, 256, 512, 4, 16, 1344), 16, 1e-3));
    presets.put(
        "cs336-xl", new Preset(TransformerConfig.of(50_257, 1024, 1600, 48, 25, 4288), 8, 2e-4));
    presets.put("gpt2-124M", gpt2(768, 12, 12, 6e-4));
    presets.put("gpt2-355M", gpt2(1024, 24, 16, 3e-4));
    presets.put("gpt2-774M", gpt2(1280, 36, 20, 2.5e-4));
    presets.put("gpt2-1.5B", gpt2(1600, 48, 25, 2e-4));
    presets.put("char", new Preset(TransformerConfig.of(65, 64, 128, 4, 4, 344), 12, 1e-3));
    Architectures.small()
        .forEach((name, config) -> presets.put(name, new Preset(config, 8, SMALL_RATE)));
    return presets;
  }

  /** GPT-2 in its four sizes (Radford et al., 2019), with GPT-3's learning rates for them. */
  private static Preset gpt2(int dModel, int layers, int heads, double learningRate) {
    return new Preset(TransformerConfig.gpt2(50_257, 1024, dModel, layers, heads), 4, learningRate);
  }

  /**
   * A preset by name, or {@code depth-N}.
   *
   * @throws ConfigurationException naming the presets that exist
   */
  public static Preset get(String name, int vocabularySize, int contextLength) {
    if (name.matches("depth-\\d{1,3}")) {
      return ofDepth(Integer.parseInt(name.substring(6)), vocabularySize, contextLength);
    }
    var preset = named().get(name);
    if (preset == null) {
      throw new ConfigurationException(
          "no preset is called '"
              + name
              + "'; there are: depth-1 to depth-64, "
              + String.join(", ", named().keySet()));
    }
    return preset;
  }
}
