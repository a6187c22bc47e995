package dev.jebena.nn;

import dev.jebena.memory.ShapeException;
import java.util.Arrays;

/**
 * How fast each pair of features turns, in radians a position, and by what the turned features are
 * multiplied. {@link #plain} is the paper's choice; the others change it so that a model sees
 * further than it was trained to. Formulas are those by which Hugging Face's {@code rope_scaling}
 * is read.
 */
public final class RotaryFrequencies {
  private final double theta;
  private final double[] frequencies;
  private final double attentionFactor;

  private RotaryFrequencies(double theta, double[] frequencies, double attentionFactor) {
    this.theta = theta;
    this.frequencies = frequencies;
    this.attentionFactor = attentionFactor;
  }

  /**
   * Pair i turns by {@code θ^(−2i/R)} (Su et al., RoFormer, 2021).
   *
   * @param rotaryDim R, even: how many features turn
   */
  public static RotaryFrequencies plain(int rotaryDim, double theta) {
    if (rotaryDim % 2 != 0 || rotaryDim <= 0) {
      throw new ShapeException(
          "rope: head dimension " + rotaryDim + " is not even; features turn in pairs");
    }
    double[] frequencies = new double[rotaryDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = StrictMath.pow(theta, -2.0 * i / rotaryDim);
    }
    return new RotaryFrequencies(theta, frequencies, 1);
  }

  /** Positions divided by {@code factor} (Chen et al., "Position Interpolation", 2023). */
  public RotaryFrequencies linear(double factor) {
    double[] divisors = new double[frequencies.length];
    Arrays.fill(divisors, factor);
    return divided(divisors, attentionFactor);
  }

  /**
   * A larger θ, so that the slowest pair slows down by {@code factor} and the fastest not at all:
   * {@code θ·factor^(R/(R−2))} ("NTK-aware scaled RoPE", bloc97, 2023).
   */
  public RotaryFrequencies ntk(double factor) {
    int rotaryDim = 2 * frequencies.length;
    double exponent = rotaryDim == 2 ? 1 : rotaryDim / (rotaryDim - 2.0);
    return plain(rotaryDim, theta * StrictMath.pow(factor, exponent));
  }

  /**
   * {@link #ntk} by as much as a text of {@code length} positions needs: {@code θ·(factor·length /
   * trained − factor + 1)^(R/(R−2))}, θ as it is up to {@code trained} positions.
   */
  public RotaryFrequencies dynamicNtk(double factor, int trained, int length) {
    double stretch = factor * Math.max(length, trained) / trained - (factor - 1);
    return ntk(stretch);
  }

  /**
   * Pairs that turn slower than {@code low} times in {@code trained} positions are divided by
   * {@code factor}, those faster than {@code high} times are left, and between the two the share
   * grows with the number of turns (Llama 3.1, 2024).
   */
  public RotaryFrequencies llama3(double factor, double low, double high, int trained) {
    double[] scaled = new double[frequencies.length];
    for (int i = 0; i < scaled.length; i++) {
      double turns = trained * frequencies[i] / (2 * StrictMath.PI);
      double share = clamp((turns - low) / (high - low));
      scaled[i] = (1 - share) * frequencies[i] / factor + share * frequencies[i];
    }
    return new RotaryFrequencies(theta, scaled, attentionFactor);
  }

  /** {@link #yarn(double, double, double, int, double, boolean)} with the paper's choices. */
  public RotaryFrequencies yarn(double factor, int trained) {
    return yarn(factor, 32, 1, trained, yarnAttention(factor, 1), false);
  }

  /**
   * Pairs that turn less than {@code slow} times in {@code trained} positions are divided by {@code
   * factor}, those that turn more than {@code fast} times are left, and between the two the share
   * grows with the pair's number; what comes out is multiplied by {@code attentionFactor} (Peng et
   * al., YaRN, 2023).
   *
   * @param fast {@code beta_fast}, 32 in the paper
   * @param slow {@code beta_slow}, 1 in the paper
   * @param attentionFactor {@link #yarnAttention} in the paper
   * @param exactEnds whether the ramp may begin and end between two pairs (gpt-oss, 2025) rather
   *     than at whole ones
   */
  public RotaryFrequencies yarn(
      double factor,
      double fast,
      double slow,
      int trained,
      double attentionFactor,
      boolean exactEnds) {
    int rotaryDim = 2 * frequencies.length;
    double first = pairOf(fast, rotaryDim, trained);
    double last = pairOf(slow, rotaryDim, trained);
    double from = Math.max(exactEnds ? first : Math.floor(first), 0);
    double to = Math.min(exactEnds ? last : Math.ceil(last), rotaryDim - 1);
    double width = from == to ? 0.001 : to - from;
    double[] scaled = new double[frequencies.length];
    for (int i = 0; i < scaled.length; i++) {
      double divided = clamp((i - from) / width);
      scaled[i] = divided * frequencies[i] / factor + (1 - divided) * frequencies[i];
    }
    return new RotaryFrequencies(theta, scaled, attentionFactor);
  }

  /** The number of the pair (not a whole one) that turns so often in {@code trained} positions. */
  private double pairOf(double turns, int rotaryDim, int trained) {
    return rotaryDim
        * StrictMath.log(trained / (turns * 2 * StrictMath.PI))
        / (2 * StrictMath.log(theta));
  }

  /**
   * YaRN's temperature, {@code 0.1·scale·ln(factor) + 1}: attention grows flatter over more
   * positions, and scores are made steeper by its square.
   *
   * @param scale 1 in the paper; {@code mscale} in DeepSeek's configurations
   */
  public static double yarnAttention(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * StrictMath.log(factor) + 1;
  }

  /**
   * A divisor for each pair, found by search (Ding et al., LongRoPE, 2024).
   *
   * @param divisors R/2 of them
   * @param attentionFactor what the turned features are multiplied by
   */
  public RotaryFrequencies divided(double[] divisors, double attentionFactor) {
    if (divisors.length != frequencies.length) {
      throw new ShapeException(
          "rope: " + divisors.length + " divisors for " + frequencies.length + " pairs");
    }
    double[] scaled = new double[frequencies.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = frequencies[i] / divisors[i];
    }
    return new RotaryFrequencies(theta, scaled, attentionFactor);
  }

  private static double clamp(double share) {
    return Math.min(1, Math.max(0, share));
  }

  /** R, how many features turn. */
  public int rotaryDim() {
    return 2 * frequencies.length;
  }

  /** Radians a position, one a pair. */
  public double[] toArray() {
    return frequencies.clone();
  }

  /** What turned features are multiplied by. */
  public double attentionFactor() {
    return attentionFactor;
  }
}
