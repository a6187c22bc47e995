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

  /**
   * Rises as {@link #warmupCosine} does, then falls in a straight line to {@code peak · floor} at
   * step {@code steps − 1}; to 0 where the floor is 0 (Bergsma et al., "Straight to zero", 2025).
   *
   * @param floor the share of the peak that is left at the end
   */
  static LearningRate warmupLinear(double peak, long warmup, long steps, double floor) {
    return warmupStableDecay(peak, warmup, steps, steps - warmup, floor);
  }

  /**
   * Warm-up, a plateau, and a straight fall over the last steps (WSD: Hu et al., MiniCPM, 2024).
   * The plateau may be gone on with, whatever the number of steps was to be.
   *
   * @param decay steps of the fall
   * @param floor the share of the peak that is left at the end
   */
  static LearningRate warmupStableDecay(
      double peak, long warmup, long steps, long decay, double floor) {
    if (warmup < 0 || decay < 0 || steps < 1) {
      throw new IllegalArgumentException(
          "learning rate: " + warmup + " steps of warm-up, " + decay + " of decay in " + steps);
    }
    return step -> {
      if (step < warmup) {
        return peak * (step + 1) / warmup;
      }
      long from = Math.max(warmup, steps - decay);
      double progress =
          step < from ? 0 : Math.min(1, (double) (step - from) / Math.max(1, steps - 1 - from));
      return peak * (1 - (1 - floor) * progress);
    };
  }

  /**
   * Rises linearly to {@code peak} over the first {@code warmup} steps, then falls with the root of
   * the step, without an end (Vaswani et al., 2017).
   */
  static LearningRate inverseSquareRoot(double peak, long warmup) {
    long rising = Math.max(1, warmup);
    return step -> peak * Math.min((step + 1.0) / rising, Math.sqrt((double) rising / (step + 1)));
  }
}
