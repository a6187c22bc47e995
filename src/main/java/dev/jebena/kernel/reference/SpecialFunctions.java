package dev.jebena.kernel.reference;

/** Functions that {@link StrictMath} lacks, in f64. */
public final class SpecialFunctions {
  private static final double TWO_OVER_SQRT_PI = 2 / StrictMath.sqrt(StrictMath.PI);

  private SpecialFunctions() {}

  /** The error function, 2/√π · ∫₀ˣ exp(−t²) dt, to a few units in the last place. */
  public static double erf(double x) {
    double size = Math.abs(x);
    if (size < 2.5) {
      return series(x);
    }
    return Math.copySign(1 - fraction(size), x); // NaN arrives here and stays NaN
  }

  /** 1 − erf(x), exact also where erf is close to 1. */
  public static double erfc(double x) {
    if (x < 0) {
      return 1 + erf(-x);
    }
    return x < 1 ? 1 - series(x) : fraction(x);
  }

  /**
   * Abramowitz and Stegun (1964), 7.1.6: erf x = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)). All
   * terms have one sign, so nothing cancels.
   */
  private static double series(double x) {
    double term = x;
    double sum = 0;
    for (int n = 0; sum + term != sum; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return x == 0 ? x : TWO_OVER_SQRT_PI * StrictMath.exp(-x * x) * sum;
  }

  /**
   * Abramowitz and Stegun (1964), 7.1.14: erfc x = exp(−x²)/√π · 1/(x + ½/(x + 1/(x + 1½/(x +
   * …)))), evaluated from the far end.
   */
  private static double fraction(double x) {
    if (x > 28) {
      return 0; // below the smallest f64
    }
    double tail = x;
    for (int n = 160; n > 0; n--) {
      tail = x + n / 2.0 / tail;
    }
    return StrictMath.exp(-x * x) * TWO_OVER_SQRT_PI / 2 / tail;
  }
}
