package dev.jebena.model.hf;

import dev.jebena.model.ConfigurationException;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.PositionConfig;
import dev.jebena.model.RopeScaling;
import dev.jebena.nn.RotaryFrequencies;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rotary positions in {@code config.json}: {@code rope_theta} and {@code rope_scaling} before
 * version 5 of {@code transformers}, {@code rope_parameters} since.
 */
final class Rope {
  private static final Map<String, RopeScaling.Kind> KINDS =
      Map.of(
          "default", RopeScaling.Kind.NONE,
          "linear", RopeScaling.Kind.LINEAR,
          "dynamic", RopeScaling.Kind.DYNAMIC,
          "llama3", RopeScaling.Kind.LLAMA3,
          "yarn", RopeScaling.Kind.YARN,
          "longrope", RopeScaling.Kind.LONG_ROPE,
          "su", RopeScaling.Kind.LONG_ROPE);

  private static final Set<String> IDLE =
      Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor");

  private static final String ORIGINAL = "original_max_position_embeddings";

  /** Where version 4 says what is scaled. */
  private static final String OLDER = "rope_scaling";

  /** Where version 5 says everything. */
  private static final String NEWER = "rope_parameters";

  /** The base of rotary angles in every family where a file says none. */
  private static final double THETA = 10_000;

  private Rope() {}

  /**
   * What is peculiar to a family.
   *
   * @param partial whether it lets a part of the features turn
   * @param original positions that a model was trained on where its file does not say so; 0 for all
   *     that it can see
   * @param names of rules that mean another one here
   */
  record Peculiar(boolean partial, int original, Map<String, RopeScaling.Kind> names) {
    /** Nothing. */
    static final Peculiar NOTHING = new Peculiar(false, 0, Map.of());

    private RopeScaling.Kind kind(String name) {
      return names.getOrDefault(name, KINDS.get(name));
    }
  }

  /**
   * Reads either form. A file may have both, for readers of either version; they must then say the
   * same, as must each number that stands in several places.
   *
   * @param context positions that the model can see
   */
  static PositionConfig read(ConfigReader json, int context, Peculiar family)
      throws ModelFileException {
    var older = json.object(OLDER);
    var newer = json.object(NEWER);
    double base = agreed("rope_theta", THETA, json, older, newer);
    double fraction = agreed("partial_rotary_factor", 1, json, older, newer);
    if (fraction != 1 && !family.partial()) {
      for (var place : List.of(older, newer, json)) {
        if (place.has("partial_rotary_factor")) {
          throw place.wrong("partial_rotary_factor", "1");
        }
      }
    }
    try {
      var scaling = scaling(json.has(OLDER) ? older : newer, json, context, family);
      if (json.has(OLDER)
          && json.has(NEWER)
          && !scaling(newer, json, context, family).equals(scaling)) {
        throw json.wrong(OLDER + " and " + NEWER + " say different things");
      }
      return new PositionConfig(PositionConfig.Kind.ROTARY, base, false, fraction, scaling);
    } catch (ConfigurationException e) {
      throw json.wrong(e.getMessage());
    }
  }

  /** A number that may stand in several places. */
  private static double agreed(String key, double otherwise, ConfigReader... places)
      throws ModelFileException {
    ConfigReader first = null;
    for (var place : places) {
      if (place.has(key)) {
        if (first != null && place.number(key, 0) != first.number(key, 0)) {
          throw place.wrong(first.named(key) + ", but " + place.named(key));
        }
        first = first == null ? place : first;
      }
    }
    return first == null ? otherwise : first.number(key, otherwise);
  }

  private static RopeScaling scaling(
      ConfigReader rope, ConfigReader json, int context, Peculiar family)
      throws ModelFileException {
    var name = rope.has("rope_type") ? "rope_type" : "type";
    var kind = family.kind(rope.text(name, "default"));
    if (kind == null || kind != family.kind(rope.text("type", rope.text(name, "default")))) {
      throw rope.wrong(
          kind == null ? name : "type",
          "one of " + String.join(", ", KINDS.keySet().stream().sorted().toList()));
    }
    int original = original(json, rope, context, family);
    var scaling =
        switch (kind) {
          case NONE -> RopeScaling.NONE;
          case LINEAR, NTK, DYNAMIC -> RopeScaling.by(kind, factor(rope));
          case LLAMA3 ->
              RopeScaling.llama3(
                  factor(rope),
                  original,
                  rope.number("low_freq_factor", 1),
                  rope.number("high_freq_factor", 4));
          case YARN ->
              new RopeScaling(
                  kind,
                  rope.number("factor", (double) context / original),
                  original,
                  rope.number("beta_slow", 1),
                  rope.number("beta_fast", 32),
                  temperature(rope, rope.number("factor", (double) context / original)),
                  !rope.flag("truncate", true),
                  List.of(),
                  List.of());
          case LONG_ROPE ->
              new RopeScaling(
                  kind,
                  rope.number("factor", Math.max(1, (double) context / original)),
                  original,
                  0,
                  0,
                  rope.number("attention_factor", 0),
                  false,
                  rope.numbers("short_factor"),
                  rope.numbers("long_factor"));
        };
    if (kind != RopeScaling.Kind.YARN) {
      rope.only("truncate", true);
    }
    IDLE.forEach(rope::tree);
    for (var other : rope.unread()) {
      throw rope.wrong(other, "nothing for rope type " + rope.text(name, "default"));
    }
    return scaling;
  }

  /** Positions that the model was trained on; where files may say so twice they agree. */
  private static int original(ConfigReader json, ConfigReader rope, int context, Peculiar family)
      throws ModelFileException {
    int otherwise = family.original() == 0 ? context : family.original();
    for (var place : List.of(json, rope)) {
      place.whole(ORIGINAL, otherwise); // a fraction is refused
    }
    // a family with a number of its own looks for it beside the rope only
    if (family.original() != 0
        && !json.has(ORIGINAL)
        && rope.whole(ORIGINAL, otherwise) != otherwise) {
      throw rope.wrong(
          json.named(ORIGINAL) + ", which means " + otherwise + ", but " + rope.named(ORIGINAL));
    }
    return (int) agreed(ORIGINAL, otherwise, json, rope);
  }

  private static double factor(ConfigReader rope) throws ModelFileException {
    if (!rope.has("factor")) {
      throw rope.wrong("factor", "a number");
    }
    return rope.number("factor", 1);
  }

  /** YaRN's temperature, of which DeepSeek's files say two terms; 0 for the usual one. */
  private static double temperature(ConfigReader rope, double factor) throws ModelFileException {
    double scale = rope.number("mscale", 0);
    double all = rope.number("mscale_all_dim", 0);
    double given = rope.number("attention_factor", 0);
    if (given != 0 || scale == 0 || all == 0) {
      return given;
    }
    return RotaryFrequencies.yarnAttention(factor, scale)
        / RotaryFrequencies.yarnAttention(factor, all);
  }

  /** Writes both forms: version 4 of {@code transformers} reads the first, 5 the second. */
  static void write(PositionConfig positions, ConfigWriter json) {
    json.put("rope_theta", positions.theta());
    var scaling = positions.scaling();
    if (scaling.kind() != RopeScaling.Kind.NONE) {
      write(scaling, json.object("rope_scaling"));
    }
    var rope = json.object("rope_parameters");
    rope.put("rope_theta", positions.theta());
    write(scaling, rope);
    if (positions.rotaryFraction() != 1) {
      json.put("partial_rotary_factor", positions.rotaryFraction());
      rope.put("partial_rotary_factor", positions.rotaryFraction());
    }
  }

  private static void write(RopeScaling scaling, ConfigWriter rope) {
    var kind = scaling.kind();
    rope.put(
        "rope_type",
        switch (kind) {
          case NONE -> "default";
          case LINEAR -> "linear";
          case NTK -> "ntk"; // there is no such name; a model with it is written as our own
          case DYNAMIC -> "dynamic";
          case LLAMA3 -> "llama3";
          case YARN -> "yarn";
          case LONG_ROPE -> "longrope";
        });
    if (kind != RopeScaling.Kind.NONE) {
      rope.put("factor", scaling.factor());
    }
    if (scaling.originalContext() != 0) {
      rope.put("original_max_position_embeddings", scaling.originalContext());
    }
    if (kind == RopeScaling.Kind.LLAMA3) {
      rope.put("low_freq_factor", scaling.low()).put("high_freq_factor", scaling.high());
    }
    if (kind == RopeScaling.Kind.YARN) {
      rope.put("beta_slow", scaling.low()).put("beta_fast", scaling.high());
      if (scaling.exactEnds()) {
        rope.put("truncate", false);
      }
    }
    if (scaling.attentionFactor() != 0) {
      rope.put("attention_factor", scaling.attentionFactor());
    }
    if (kind == RopeScaling.Kind.LONG_ROPE) {
      rope.putNumbers("short_factor", scaling.shortFactors());
      rope.putNumbers("long_factor", scaling.longFactors());
    }
  }
}
