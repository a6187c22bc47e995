package dev.jebena.train;

/**
 * An exponential moving average without the pull towards its start, by the correction of Adam
 * (Kingma and Ba, 2015): the first value stands for itself.
 */
public final class SmoothedLoss {
  private final double decay;
  private double sum;
  private double weight;

  /**
   * @param decay what is left of a value's weight after the next one, below 1; 0.98 averages over
   *     about 50
   */
  public SmoothedLoss(double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("decay " + decay + " (0 to below 1 would fit)");
    }
    this.decay = decay;
  }

  /** Takes a value in and returns the average. */
  public double add(double value) {
    sum = decay * sum + (1 - decay) * value;
    weight = decay * weight + (1 - decay);
    return value();
  }

  /** The average so far; NaN before the first value. */
  public double value() {
    return sum / weight;
  }
}
