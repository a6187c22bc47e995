package dev.jebena.model.hf;

import dev.jebena.model.ConfigurationException;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.PositionConfig;
import dev.jebena.model.RopeScaling;
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

  private Rope() {}

  /**
   * Reads either form. A file may have both, for readers of either version; they must then say the
   * same, as must each number that stands in several places.
   *
   * @param theta where the file says none
   * @param partial whether the family lets a part of the features turn
   */
  static PositionConfig read(ConfigReader json, double theta, boolean partial)
      throws ModelFileException {
    var older = json.object(OLDER);
    var newer = json.object(NEWER);
    double base = agreed("rope_theta", theta, json, older, newer);
    double fraction = agreed("partial_rotary_factor", 1, json, older, newer);
    if (fraction != 1 && !partial) {
      for (var place : List.of(older, newer, json)) {
        if (place.has("partial_rotary_factor")) {
          throw place.wrong("partial_rotary_factor", "1");
        }
      }
    }
    try {
      var scaling = scaling(json.has(OLDER) ? older : newer, json);
      if (json.has(OLDER) && json.has(NEWER) && !scaling(newer, json).equals(scaling)) {
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

  private static RopeScaling scaling(ConfigReader rope, ConfigReader json)
      throws ModelFileException {
    var name = rope.has("rope_type") ? "rope_type" : "type";
    var kind = KINDS.get(rope.text(name, "default"));
    if (kind == null || kind != KINDS.get(rope.text("type", rope.text(name, "default")))) {
      throw rope.wrong(
          kind == null ? name : "type",
          "one of " + String.join(", ", KINDS.keySet().stream().sorted().toList()));
    }
    int context = json.whole("max_position_embeddings", 2048);
    int original = (int) agreed(ORIGINAL, context, json, rope);
    for (var place : List.of(json, rope)) {
      place.whole(ORIGINAL, context); // a fraction is refused
    }
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
                  rope.numbers("short_factor"),
                  rope.numbers("long_factor"));
        };
    rope.only("truncate", true);
    IDLE.forEach(rope::tree);
    for (var other : rope.unread()) {
      throw rope.wrong(other, "nothing for rope type " + rope.text(name, "default"));
    }
    return scaling;
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
    return (0.1 * scale * Math.log(factor) + 1) / (0.1 * all * Math.log(factor) + 1);
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
