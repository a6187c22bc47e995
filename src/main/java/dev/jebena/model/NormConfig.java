package dev.jebena.model;

/**
 * Where a model normalises, and how.
 *
 * @param kind what is done to a row
 * @param place where in a block it is done
 * @param bias whether norms add a bias beside their weight
 * @param eps added to the mean square or variance
 * @param unitOffset the weight is stored as its difference from 1, as in Gemma
 */
public record NormConfig(Kind kind, Place place, boolean bias, double eps, boolean unitOffset) {
  /** What is done to a row. */
  public enum Kind {
    /** Divided by the root of its mean square (Zhang and Sennrich, 2019). */
    RMS,
    /** Its mean taken away first (Ba et al., 2016). */
    LAYER,
    /** Nothing. */
    NONE
  }

  /** Where in a block, with f for attention or feed-forward. */
  public enum Place {
    /** {@code x + f(norm(x))} (GPT-2; Xiong et al., 2020). */
    PRE,
    /** {@code norm(x + f(x))}: the original Transformer (Vaswani et al., 2017). */
    POST,
    /** {@code x + norm(f(x))} (OLMo 2, 2024). */
    OUTPUT,
    /** {@code x + norm(f(norm(x)))} (Ding et al., CogView, 2021; Gemma 2). */
    SANDWICH,
    /** {@code x + attention(norm(x)) + feedForward(norm(x))} with one norm (GPT-J, PaLM). */
    PARALLEL
  }

  public NormConfig {
    TransformerConfig.given("norm", kind);
    TransformerConfig.given("normPlace", place);
    if (!(eps > 0)) {
      throw new ConfigurationException("normEps " + eps + " is not above 0");
    }
  }

  /** RMSNorm before each part. */
  public static NormConfig preRms(double eps) {
    return new NormConfig(Kind.RMS, Place.PRE, false, eps, false);
  }

  /** The same with another ε. */
  NormConfig withEps(double other) {
    return new NormConfig(kind, place, bias, other, unitOffset);
  }

  /** Whether the residual stream is normalised once more before the output projection. */
  public boolean beforeHead() {
    return kind != Kind.NONE && place != Place.POST;
  }

  /** Norms in one block, those of queries and keys aside. */
  public int perBlock() {
    if (kind == Kind.NONE) {
      return 0;
    }
    return switch (place) {
      case PRE, POST, OUTPUT -> 2;
      case SANDWICH -> 4;
      case PARALLEL -> 1;
    };
  }
}
