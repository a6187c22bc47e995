package dev.jebena.model.hf;

import dev.jebena.model.AttentionConfig;
import dev.jebena.model.ConfigurationException;
import dev.jebena.model.EmbeddingConfig;
import dev.jebena.model.FeedForwardConfig;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.NormConfig;
import dev.jebena.model.TrainingConfig;
import dev.jebena.model.TransformerConfig;
import java.util.ArrayList;
import java.util.List;

/** The keys that Llama's file began with and most families took over. */
final class LlamaKeys {
  static final String SLIDING = "sliding_attention";
  static final String FULL = "full_attention";

  private LlamaKeys() {}

  /**
   * What a family says where its file says nothing.
   *
   * @param keyValueHeads 0 for as many as heads; null in a file means that for every family
   * @param sizes of the model
   * @param rope what is peculiar to the family's rotary positions
   */
  record Defaults(
      String activation,
      double eps,
      boolean tied,
      int context,
      int keyValueHeads,
      Sizes sizes,
      Rope.Peculiar rope) {
    Defaults(
        String activation, double eps, boolean tied, int context, int keyValueHeads, Sizes sizes) {
      this(activation, eps, tied, context, keyValueHeads, sizes, Rope.Peculiar.NOTHING);
    }
  }

  /**
   * The sizes of the model that a class is named after, which are its defaults.
   *
   * @param headDim 0 for the share of the width
   */
  record Sizes(int vocabulary, int dModel, int dFf, int layers, int heads, int headDim) {
    Sizes(int vocabulary, int dModel, int dFf, int layers, int heads) {
      this(vocabulary, dModel, dFf, layers, heads, 0);
    }
  }

  static TransformerConfig read(ConfigReader json, Defaults otherwise) throws ModelFileException {
    return read(json, otherwise, "hidden_act");
  }

  /**
   * Reads what all families share.
   *
   * @param activation the key of the function in the middle of feed-forward layers
   */
  static TransformerConfig read(ConfigReader json, Defaults otherwise, String activation)
      throws ModelFileException {
    int dModel = json.whole("hidden_size", otherwise.sizes().dModel());
    int heads = json.whole("num_attention_heads", otherwise.sizes().heads());
    int usual = otherwise.sizes().headDim();
    int headDim = json.whole("head_dim", usual == 0 ? dModel / Math.max(1, heads) : usual);
    int groups = json.wholeOrNone("num_key_value_heads", otherwise.keyValueHeads());
    int context = json.whole("max_position_embeddings", otherwise.context());
    try {
      return new TransformerConfig(
          json.whole("vocab_size", otherwise.sizes().vocabulary()),
          context,
          dModel,
          json.whole("num_hidden_layers", otherwise.sizes().layers()),
          AttentionConfig.of(heads, groups == 0 ? heads : groups, headDim),
          new FeedForwardConfig(
              json.whole("intermediate_size", otherwise.sizes().dFf()),
              Activations.read(json, activation, otherwise.activation()),
              true,
              false),
          Rope.read(json, context, otherwise.rope()),
          NormConfig.preRms(json.number("rms_norm_eps", otherwise.eps())),
          EmbeddingConfig.of(json.flag("tie_word_embeddings", otherwise.tied())),
          1,
          TrainingConfig.DEFAULT);
    } catch (ConfigurationException e) {
      throw json.wrong(e.getMessage());
    }
  }

  static void write(TransformerConfig c, ConfigWriter json) {
    json.put("vocab_size", c.vocabularySize())
        .put("max_position_embeddings", c.contextLength())
        .put("hidden_size", c.dModel())
        .put("intermediate_size", c.dFf())
        .put("num_hidden_layers", c.layers())
        .put("num_attention_heads", c.heads())
        .put("num_key_value_heads", c.keyValueHeads())
        .put("head_dim", c.headDim())
        .put("rms_norm_eps", c.norms().eps());
    Rope.write(c.positions(), json);
    json.put("tie_word_embeddings", c.tiedEmbeddings())
        .put("hidden_act", Activations.name(c.feedForward().activation()))
        .put("attention_dropout", 0.0)
        .put("initializer_range", 0.02)
        .put("use_cache", true);
  }

  /**
   * Leaves out {@code head_dim} where heads share the width evenly, for families whose files do not
   * usually have it and whose classes read it all the same.
   */
  static void writeHeadDimIfPeculiar(TransformerConfig c, ConfigWriter json) {
    if (c.headDim() == c.dModel() / c.heads()) {
      json.json().remove("head_dim");
    }
  }

  /** Positions that a layer with a window sees; 0 for null, which says that there are none. */
  static int window(ConfigReader json, int ifMissing) throws ModelFileException {
    int window = json.wholeOrNone("sliding_window", ifMissing);
    if (window <= 0 && json.has("sliding_window")) {
      throw json.wrong("sliding_window", "a number above 0 or null");
    }
    return window;
  }

  /**
   * What each layer sees, by {@code layer_types}.
   *
   * @param otherwise whether a layer slides where the file does not say
   */
  static List<Integer> windows(
      ConfigReader json, TransformerConfig c, int window, java.util.function.IntPredicate otherwise)
      throws ModelFileException {
    var types = json.texts("layer_types");
    if (!types.isEmpty() && types.size() != c.layers()) {
      throw json.wrong(
          "layer_types has " + types.size() + " entries for " + c.layers() + " layers");
    }
    var windows = new ArrayList<Integer>();
    for (int i = 0; i < c.layers(); i++) {
      var type = types.isEmpty() ? (otherwise.test(i) ? SLIDING : FULL) : types.get(i);
      if (!type.equals(SLIDING) && !type.equals(FULL)) {
        throw json.wrong(
            "layer_types has \""
                + type
                + "\", which is not supported ("
                + SLIDING
                + ", "
                + FULL
                + " are)");
      }
      if (type.equals(SLIDING) && window <= 0) {
        throw json.wrong("layer_types has " + SLIDING + ", but sliding_window is not above 0");
      }
      windows.add(type.equals(SLIDING) ? window : 0);
    }
    return shortest(windows);
  }

  /** The shortest pattern that gives the same when repeated, so that equal models are equal. */
  static List<Integer> shortest(List<Integer> windows) {
    for (int period = 1; period < windows.size(); period++) {
      boolean repeats = true;
      for (int i = period; i < windows.size(); i++) {
        repeats &= windows.get(i).equals(windows.get(i - period));
      }
      if (repeats) {
        return List.copyOf(windows.subList(0, period));
      }
    }
    return windows;
  }

  /** Writes {@code sliding_window} and {@code layer_types}. */
  static void writeWindows(TransformerConfig c, ConfigWriter json) {
    int widest = c.attention().windows().stream().mapToInt(Integer::intValue).max().orElse(0);
    json.putOrNull("sliding_window", widest);
    var types = new ArrayList<String>();
    for (int i = 0; i < c.layers(); i++) {
      types.add(c.attention().window(i) > 0 ? SLIDING : FULL);
    }
    json.putTexts("layer_types", types);
  }
}
