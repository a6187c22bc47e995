package dev.jebena.model;

/**
 * How a model knows where a token stands.
 *
 * @param kind of positions
 * @param theta base of the angles of rotary and sinusoidal positions
 * @param interleaved rotary pairs (2i, 2i+1) rather than (i, i + n/2)
 * @param rotaryFraction share of a head's features that turn
 * @param scaling of rotary angles
 */
public record PositionConfig(
    Kind kind, double theta, boolean interleaved, double rotaryFraction, RopeScaling scaling) {
  /** What tells positions apart. */
  public enum Kind {
    /** Queries and keys are turned by their position (Su et al., 2021). */
    ROTARY,
    /** A learned vector a position is added to the embedding (GPT-2). */
    LEARNED,
    /** Sines and cosines are added to the embedding (Vaswani et al., 2017). */
    SINUSOIDAL,
    /** Scores fall with distance, at another slope each head (Press et al., 2022). */
    ALIBI,
    /** Nothing but the causal mask (Kazemnejad et al., 2023). */
    NONE
  }

  public PositionConfig {
    TransformerConfig.given("positions", kind);
    TransformerConfig.given("ropeScaling", scaling);
    if (!(theta > 0)) {
      throw new ConfigurationException("ropeTheta " + theta + " is not above 0");
    }
    if (!(rotaryFraction > 0 && rotaryFraction <= 1)) {
      throw new ConfigurationException(
          "rotaryFraction " + rotaryFraction + " is not above 0 and at most 1");
    }
  }

  /** Rotary positions over whole heads, half against half as in Llama. */
  public static PositionConfig rotary(double theta) {
    return new PositionConfig(Kind.ROTARY, theta, false, 1, RopeScaling.NONE);
  }

  /** Positions of another kind than rotary. */
  public static PositionConfig of(Kind kind) {
    return new PositionConfig(kind, 10_000, false, 1, RopeScaling.NONE);
  }

  /**
   * The length of a text beyond which all its positions turn by other angles, so that cached keys
   * are of no more use; 0 for none.
   */
  public int turningPoint() {
    return kind == Kind.ROTARY && scaling.kind() == RopeScaling.Kind.LONG_ROPE
        ? scaling.originalContext()
        : 0;
  }

  /** Features of a head of {@code headDim} that turn. */
  public int rotaryDim(int headDim) {
    return kind == Kind.ROTARY ? (int) (headDim * rotaryFraction) : 0;
  }
}
