package dev.jebena.memory;

/**
 * Two uniform numbers as the polar coordinates of two normal ones (Box and Muller, 1958).
 * Logarithm, sine and cosine are series of products and sums in f64, in an order that is written
 * out: libraries differ in their last place, and one seed has to give the same bits on every
 * device. Each is right to about a unit in the last place. {@code random.cl} has the same lines.
 */
public final class BoxMuller {
  /** Of ln 2 the first 33 bits, so that products with exponents are exact, and the rest. */
  static final double LN2_HIGH = 0x1.62e42fef00000p-1;

  static final double LN2_LOW = 0x1.473de6af278edp-34;

  private static final double SQRT_TWO = 1.4142135623730951;

  /** 1/21, 1/19 … 1/3: ln m = 2·(s + s³/3 + s⁵/5 …) with s = (m − 1)/(m + 1). */
  private static final double[] LOGARITHM = {
    0.047619047619047616, 0.05263157894736842, 0.058823529411764705,
    0.06666666666666667, 0.07692307692307693, 0.09090909090909091,
    0.1111111111111111, 0.14285714285714285, 0.2,
    0.3333333333333333
  };

  /** ±1/k! for odd k from 17 down. */
  private static final double[] SINE = {
    2.8114572543455206e-15, -7.647163731819816e-13, 1.6059043836821613e-10,
    -2.505210838544172e-08, 2.7557319223985893e-06, -0.0001984126984126984,
    0.008333333333333333, -0.16666666666666666
  };

  /** ±1/k! for even k from 16 down. */
  private static final double[] COSINE = {
    4.779477332387385e-14, -1.1470745597729725e-11, 2.08767569878681e-09,
    -2.755731922398589e-07, 2.48015873015873e-05, -0.001388888888888889,
    0.041666666666666664, -0.5
  };

  private BoxMuller() {}

  /**
   * A normal number of mean 0 and deviation 1.
   *
   * @param first in [0, 1), from which the distance to 0 follows
   * @param second in [0, 1), from which the direction follows
   * @param even the first of the two, or else the second
   */
  public static double normal(double first, double second, boolean even) {
    double radius = radius(first);
    return radius * (even ? cosine(second) : sine(second));
  }

  /** {@code √(−2 ln(1 − u))}; 1 − u is never 0. */
  public static double radius(double u) {
    return Math.sqrt(-2 * log(1 - u));
  }

  /** Of normal numbers above 0. */
  static double log(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) (bits >>> 52) - 1023;
    double m = Double.longBitsToDouble((bits & 0x000f_ffff_ffff_ffffL) | 0x3ff0_0000_0000_0000L);
    if (m > SQRT_TWO) {
      m *= 0.5;
      exponent++;
    }
    double f = m - 1;
    double s = f / (2 + f);
    double square = s * s;
    double sum = polynomial(LOGARITHM, square) * square;
    return exponent * LN2_HIGH + (exponent * LN2_LOW + 2 * (s + s * sum));
  }

  /** {@code cos(2πu)} for u in [0, 1). */
  public static double cosine(double u) {
    int quarter = quarter(u);
    double angle = angle(u, quarter);
    double value = (quarter & 1) == 0 ? cos(angle) : sin(angle);
    return ((quarter + 1) & 2) == 0 ? value : -value;
  }

  /** {@code sin(2πu)} for u in [0, 1). */
  public static double sine(double u) {
    int quarter = quarter(u);
    double angle = angle(u, quarter);
    double value = (quarter & 1) == 0 ? sin(angle) : cos(angle);
    return (quarter & 2) == 0 ? value : -value;
  }

  /** The nearest quarter of a turn, 0 to 4. */
  private static int quarter(double u) {
    return (int) (4 * u + 0.5);
  }

  /** What is left, from −π/4 to π/4; the difference is exact. */
  private static double angle(double u, int quarter) {
    return (u - 0.25 * quarter) * 6.283185307179586;
  }

  private static double sin(double x) {
    double square = x * x;
    return x + x * (polynomial(SINE, square) * square);
  }

  private static double cos(double x) {
    double square = x * x;
    return 1 + polynomial(COSINE, square) * square;
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
