package dev.jebena.optim;

/** A learning rate for each step, counted from 0. */
@FunctionalInterface
public interface LearningRate {
  /** The rate of a step, counted from 0. */
  double at(long step);

  /** The same rate always. */
  static LearningRate constant(double rate) {
    return step -> rate;
  }

  /**
   * Rises linearly to {@code peak} over the first {@code warmup} steps, then falls along a half
   * cosine to {@code peak · floor} at step {@code steps − 1} (Loshchilov and Hutter, SGDR, 2017).
   *
   * @param floor the share of the peak that is left at the end
   */
  static LearningRate warmupCosine(double peak, long warmup, long steps, double floor) {
    if (warmup < 0 || steps < 1) {
      throw new IllegalArgumentException(
          "learning rate: " + warmup + " steps of warm-up in " + steps + " steps");
    }
    return step -> {
      if (step < warmup) {
        return peak * (step + 1) / warmup;
      }
      double progress = Math.min(1, (double) (step - warmup) / Math.max(1, steps - 1 - warmup));
      return peak * (floor + (1 - floor) * 0.5 * (1 + StrictMath.cos(Math.PI * progress)));
    };
  }
}
