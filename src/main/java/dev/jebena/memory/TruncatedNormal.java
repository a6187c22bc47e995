package dev.jebena.memory;

/**
 * The standard normal distribution given that it lies in an interval, by inversion: one uniform
 * number makes one draw, whatever the interval, so that a counter can be assigned to each element
 * beforehand (rejection would need an unknown number). Everything is made of products, quotients,
 * roots and sums in f64, in an order that is written out, with the logarithm of {@link BoxMuller}:
 * the same bits everywhere. {@code random.cl} has the same lines.
 */
public final class TruncatedNormal {
  /** Intervals that begin farther from 0, in standard deviations, hold no probability in f64. */
  public static final double FARTHEST = 37;

  private static final double SQRT_TWO_PI = 2.5066282746310002;

  /** Probabilities that have a finite inverse, here of −38 and of 8.2 standard deviations. */
  private static final double SMALLEST = 1e-315;

  private static final double LARGEST = 1 - 0x1p-53;

  /** Continued-fraction terms that settle Mills' ratio from 3 on to f64. */
  private static final int TERMS = 90;

  private static final double LOG2_E = 1.4426950408889634;

  /** 1/k! for k from 13 down to 2. */
  private static final double[] EXPONENTIAL = {
    1.6059043836821613e-10, 2.08767569878681e-09, 2.505210838544172e-08,
    2.755731922398589e-07, 2.7557319223985893e-06, 2.48015873015873e-05,
    0.0001984126984126984, 0.001388888888888889, 0.008333333333333333,
    0.041666666666666664, 0.16666666666666666, 0.5
  };

  private TruncatedNormal() {}

  /**
   * The value below which lies the fraction {@code u} of the distribution.
   *
   * @param u in [0, 1)
   * @param low lower end in standard deviations, may be −∞
   * @param high upper end, above {@code low}, may be +∞
   * @return a number in [low, high]
   */
  public static double quantile(double u, double low, double high) {
    if (low > 0) {
      return -quantile(1 - u, -high, -low); // the lower tail keeps digits that the upper rounds off
    }
    double p = cdf(low) + u * (cdf(high) - cdf(low));
    // neither end of an unbounded interval is ever drawn
    return Math.clamp(inverse(Math.clamp(p, SMALLEST, LARGEST)), low, high);
  }

  /**
   * The probability that a standard normal number is below {@code x}, accurate relative to itself
   * in the lower tail too.
   */
  public static double cdf(double x) {
    if (x > 0) {
      return 1 - cdf(-x);
    }
    if (x < -40) {
      return 0;
    }
    if (x > -3) {
      // Φ(x) = 1/2 + φ(x)·(x + x³/3 + x⁵/15 + …) (Marsaglia, 2004)
      double term = x;
      double sum = x;
      for (int i = 3; Math.abs(term) > 1e-18 * Math.abs(sum); i += 2) {
        term *= x * x / i;
        sum += term;
      }
      return 0.5 + sum * density(x);
    }
    // Mills' ratio as Laplace's continued fraction: φ(x) / (t + 1/(t + 2/(t + 3/(t + …))))
    double t = -x;
    double fraction = t;
    for (int i = TERMS; i >= 1; i--) {
      fraction = t + i / fraction;
    }
    return density(x) / fraction;
  }

  private static double density(double x) {
    return exp(-0.5 * x * x) / SQRT_TWO_PI;
  }

  /** {@code e^x} for x from −800 to 0: a power of two times the series of what is left. */
  private static double exp(double x) {
    int exponent = (int) (x * LOG2_E - 0.5);
    double rest = (x - exponent * BoxMuller.LN2_HIGH) - exponent * BoxMuller.LN2_LOW;
    double sum = EXPONENTIAL[0];
    for (int i = 1; i < EXPONENTIAL.length; i++) {
      sum = sum * rest + EXPONENTIAL[i];
    }
    int half =
        exponent / 2; // a half of it is the exponent of a normal number, all of it may not be
    return (1 + (rest + rest * rest * sum)) * powerOfTwo(half) * powerOfTwo(exponent - half);
  }

  private static double powerOfTwo(int exponent) {
    return Double.longBitsToDouble((long) (exponent + 1023) << 52);
  }

  /**
   * The inverse of {@link #cdf}: two of Halley's steps, each of which triples the digits, from a
   * start that is right to three.
   */
  private static double inverse(double p) {
    if (p > 0.5) {
      return -inverse(1 - p);
    }
    if (p == 0.5) {
      return 0;
    }
    double x = start(p);
    for (int i = 0; i < 2; i++) {
      double error = (cdf(x) - p) / density(x);
      x -= error / (1 + 0.5 * x * error);
    }
    return x;
  }

  /** Abramowitz and Stegun (1964), formula 26.2.23, for p up to 1/2; off by less than 4.5e-4. */
  private static double start(double p) {
    // the logarithm is one of normal numbers: 64 binary places up, and 64 ln 2 down again
    double log = p < 1e-300 ? BoxMuller.log(p * 0x1p64) - 44.3614195558365 : BoxMuller.log(p);
    double t = Math.sqrt(-2 * log);
    double above = 2.515517 + t * (0.802853 + t * 0.010328);
    double below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    return above / below - t;
  }
}
