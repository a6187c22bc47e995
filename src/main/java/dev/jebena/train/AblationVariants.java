package dev.jebena.train;

import dev.jebena.kernel.Activation;
import dev.jebena.model.Accounting;
import dev.jebena.model.AttentionConfig.QueryKeyNorm;
import dev.jebena.model.ConfigBuilder;
import dev.jebena.model.NormConfig.Kind;
import dev.jebena.model.NormConfig.Place;
import dev.jebena.model.PositionConfig;
import dev.jebena.model.TransformerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What can be compared: each question with its answers, changes of one base. */
final class AblationVariants {
  private static final Map<String, Map<String, UnaryOperator<ConfigBuilder>>> QUESTIONS =
      new LinkedHashMap<>();

  static {
    var norm = question("norm");
    norm.put("RMSNorm before", c -> c);
    norm.put("LayerNorm before", c -> c.norm(Kind.LAYER));
    norm.put("RMSNorm behind (post)", c -> c.normPlace(Place.POST));
    norm.put("RMSNorm of outputs", c -> c.normPlace(Place.OUTPUT));
    norm.put("RMSNorm around (sandwich)", c -> c.normPlace(Place.SANDWICH));
    norm.put("RMSNorm, parallel block", c -> c.normPlace(Place.PARALLEL));
    norm.put("no norm", c -> c.norm(Kind.NONE));
    var position = question("position");
    position.put("rotary", c -> c);
    position.put("rotary, a quarter", c -> c.rotaryFraction(0.25));
    position.put("learned", c -> c.positions(PositionConfig.Kind.LEARNED));
    position.put("sinusoidal", c -> c.positions(PositionConfig.Kind.SINUSOIDAL));
    position.put("ALiBi", c -> c.positions(PositionConfig.Kind.ALIBI));
    position.put("none", c -> c.positions(PositionConfig.Kind.NONE));
    var activation = question("activation");
    activation.put("SwiGLU", c -> c);
    activation.put("GeGLU", c -> c.activation(Activation.GELU));
    activation.put("ReGLU", c -> c.activation(Activation.RELU));
    activation.put("GLU", c -> c.activation(Activation.SIGMOID));
    activation.put("ReLU", c -> c.gated(false).activation(Activation.RELU));
    activation.put("ReLU²", c -> c.gated(false).activation(Activation.RELU_SQUARED));
    activation.put("GELU", c -> c.gated(false).activation(Activation.GELU));
    var attention = question("attention");
    attention.put("multi-head", c -> c);
    attention.put("multi-query", c -> c.keyValueHeads(1));
    attention.put("norms of queries and keys", c -> c.queryKeyNorm(QueryKeyNorm.HEAD));
    attention.put("soft-cap 50", c -> c.attentionSoftCap(50));
    attention.put("window of 32", c -> c.windows(List.of(32)));
    attention.put("sinks", c -> c.sinks(true));
  }

  private AblationVariants() {}

  private static Map<String, UnaryOperator<ConfigBuilder>> question(String name) {
    var answers = new LinkedHashMap<String, UnaryOperator<ConfigBuilder>>();
    QUESTIONS.put(name, answers);
    return answers;
  }

  /**
   * Refuses a question that nobody can answer.
   *
   * @throws TrainException naming the questions there are
   */
  static void require(String question) {
    if (!QUESTIONS.containsKey(question)) {
      throw new TrainException(
          "nothing is called '"
              + question
              + "' to compare; there are: "
              + String.join(", ", QUESTIONS.keySet()));
    }
  }

  /** The answers to a question, of about as many parameters as the base. */
  static Map<String, TransformerConfig> of(String question, TransformerConfig base) {
    require(question);
    var answers = QUESTIONS.get(question);
    long parameters = Accounting.of(base, base.contextLength()).parameters();
    var configs = new LinkedHashMap<String, TransformerConfig>();
    answers.forEach((name, change) -> configs.put(name, fitted(base.with(change), parameters)));
    return configs;
  }

  /** With the width of the feed-forward layer, in eights, that comes nearest. */
  private static TransformerConfig fitted(TransformerConfig config, long parameters) {
    var candidates = new ArrayList<TransformerConfig>();
    for (int width = 8; width <= 16 * config.dModel(); width += 8) {
      int tried = width;
      candidates.add(config.with(c -> c.dFf(tried)));
    }
    TransformerConfig best = config;
    long least = distance(config, parameters);
    for (var candidate : candidates) {
      long distance = distance(candidate, parameters);
      if (distance < least) {
        best = candidate;
        least = distance;
      }
    }
    return best;
  }

  private static long distance(TransformerConfig config, long parameters) {
    return Math.abs(Accounting.of(config, config.contextLength()).parameters() - parameters);
  }
}
