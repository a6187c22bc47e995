package dev.jebena.tensor;

/** How {@link Tensor#scatterReduce} folds values that go to one element. */
public enum ScatterFold {
  SUM(0),
  PROD(1),
  MEAN(0),
  /** The largest; equals share the gradient. */
  AMAX(Double.NEGATIVE_INFINITY),
  /** The smallest; equals share the gradient. */
  AMIN(Double.POSITIVE_INFINITY);

  private final double neutral;

  ScatterFold(double neutral) {
    this.neutral = neutral;
  }

  /** What an element starts from that does not take part itself. */
  double neutral() {
    return neutral;
  }
}
