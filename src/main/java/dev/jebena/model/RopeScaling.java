package dev.jebena.model;

import java.util.List;

/**
 * How rotary angles are changed so that a model sees further than it was trained to.
 *
 * @param kind the rule
 * @param factor how much further
 * @param originalContext positions that it was trained on; 0 for the model's context
 * @param low of {@link Kind#LLAMA3} the low frequency factor, of {@link Kind#YARN} {@code
 *     beta_slow}
 * @param high of {@link Kind#LLAMA3} the high frequency factor, of {@link Kind#YARN} {@code
 *     beta_fast}
 * @param attentionFactor what YaRN and LongRoPE multiply cosines and sines by; 0 for what the rule
 *     says
 * @param exactEnds of {@link Kind#YARN}, whether the ramp from kept to divided pairs may begin and
 *     end between two pairs (gpt-oss, 2025) rather than at whole ones
 * @param shortFactors of {@link Kind#LONG_ROPE}, a divisor for each pair up to the original context
 * @param longFactors of {@link Kind#LONG_ROPE}, a divisor for each pair beyond it
 */
public record RopeScaling(
    Kind kind,
    double factor,
    int originalContext,
    double low,
    double high,
    double attentionFactor,
    boolean exactEnds,
    List<Double> shortFactors,
    List<Double> longFactors) {
  /** The rules there are. */
  public enum Kind {
    /** Angles as they are. */
    NONE,
    /** Positions divided by the factor (Chen et al., "Position interpolation", 2023). */
    LINEAR,
    /** A larger base, so that slow pairs slow down and fast ones hardly ("NTK-aware", 2023). */
    NTK,
    /**
     * The same with a base that grows with the text; up to the model's context angles stay as they
     * are, and further a model here does not go.
     */
    DYNAMIC,
    /** Slow pairs divided, fast ones kept, a ramp between (Llama 3.1, 2024). */
    LLAMA3,
    /** The same by the number of turns, and a temperature (Peng et al., YaRN, 2023). */
    YARN,
    /** A divisor for each pair that was searched for (Ding et al., LongRoPE, 2024; Phi-3). */
    LONG_ROPE
  }

  /** Angles as they are. */
  public static final RopeScaling NONE =
      new RopeScaling(Kind.NONE, 1, 0, 0, 0, 0, false, List.of(), List.of());

  public RopeScaling {
    TransformerConfig.given("ropeScaling", kind);
    if (!(factor >= 1)) {
      throw new ConfigurationException("ropeScaling factor " + factor + " is not 1 or more");
    }
    if (kind == Kind.LLAMA3 && !(low > 0 && high > low)) {
      throw new ConfigurationException(
          "ropeScaling low_freq_factor " + low + " is not between 0 and high_freq_factor " + high);
    }
    TransformerConfig.given("ropeScaling shortFactors", shortFactors);
    TransformerConfig.given("ropeScaling longFactors", longFactors);
    shortFactors = List.copyOf(shortFactors);
    longFactors = List.copyOf(longFactors);
  }

  /** A rule that needs a factor only. */
  public static RopeScaling by(Kind kind, double factor) {
    return new RopeScaling(kind, factor, 0, 1, 32, 0, false, List.of(), List.of());
  }

  /** Llama 3.1's rule. */
  public static RopeScaling llama3(double factor, int originalContext, double low, double high) {
    return new RopeScaling(
        Kind.LLAMA3, factor, originalContext, low, high, 0, false, List.of(), List.of());
  }
}
