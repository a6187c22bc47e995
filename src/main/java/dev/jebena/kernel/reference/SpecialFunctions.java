package dev.jebena.kernel.reference;

/** Functions that {@link StrictMath} lacks, in f64. */
public final class SpecialFunctions {
  private static final double TWO_OVER_SQRT_PI = 2 / StrictMath.sqrt(StrictMath.PI);

  private static final double SQRT_TWO = Math.sqrt(2);
  private static final double LN_TWO = StrictMath.log(2);
  private static final double LOG2_E = 1 / LN_TWO;

  private SpecialFunctions() {}

  /** The error function, 2/√π · ∫₀ˣ exp(−t²) dt, to a few units in the last place. */
  public static double erf(double x) {
    double size = Math.abs(x);
    if (size < 2.5) {
      return series(x);
    }
    return Math.copySign(1 - fraction(size), x); // NaN arrives here and stays NaN
  }

  /** Logarithm to base 2: the exponent and, apart from it, the mantissa's: exact for powers. */
  public static double log2(double x) {
    if (!(x > 0) || Double.isInfinite(x)) {
      return StrictMath.log(x);
    }
    double normal = x < Double.MIN_NORMAL ? x * 0x1p54 : x;
    int exponent = Math.getExponent(normal);
    double mantissa = Math.scalb(normal, -exponent);
    if (mantissa > SQRT_TWO) {
      mantissa /= 2;
      exponent++;
    }
    return exponent - (normal == x ? 0 : 54) + StrictMath.log(mantissa) * LOG2_E;
  }

  /** ln(1 + eˣ): the larger of 0 and x, and what is above it. */
  public static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  /** sinh⁻¹ x = ln(x + √(x² + 1)), arranged so that nothing cancels near 0. */
  public static double asinh(double x) {
    double a = Math.abs(x);
    double y =
        a > 1e9
            ? StrictMath.log(a) + LN_TWO
            : StrictMath.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
    return Math.copySign(y, x);
  }

  /** cosh⁻¹ x = ln(x + √(x² − 1)) by way of x − 1, which is exact near 1. */
  public static double acosh(double x) {
    double t = x - 1;
    return x > 1e9
        ? StrictMath.log(x) + LN_TWO
        : StrictMath.log1p(t + Math.sqrt(t) * Math.sqrt(t + 2));
  }

  /** tanh⁻¹ x = ½·ln((1 + x) / (1 − x)). */
  public static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * StrictMath.log1p(2 * a / (1 - a)), x);
  }

  /** The whole number next to x towards zero. */
  public static double trunc(double x) {
    return Math.copySign(Math.floor(Math.abs(x)), x);
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
