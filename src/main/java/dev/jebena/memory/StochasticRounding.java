package dev.jebena.memory;

/**
 * Rounding by chance: a number between two neighbours of a narrower type becomes the upper one with
 * the probability of its distance from the lower one, so that the mean of many roundings is the
 * number itself (Gupta et al., "Deep Learning with Limited Numerical Precision", 2015). Small
 * updates then do not vanish in wide weights.
 */
public final class StochasticRounding {
  private StochasticRounding() {}

  /**
   * The neighbour of {@code x} in a floating type that 32 random bits choose. What the type holds
   * exactly stays as it is; so do infinities, NaN and what exceeds the largest finite number, for
   * which {@link NarrowFloat} has the rule.
   */
  public static double round(DType target, double x, int word) {
    double magnitude = Math.abs(x);
    if (target == DType.F64 || magnitude == 0 || !(magnitude < target.largest())) {
      return x;
    }
    int last = Math.max(Math.getExponent(magnitude), minExponent(target)) - mantissaBits(target);
    double units = Math.scalb(magnitude, -last); // exact: a power of two
    double below = Math.floor(units);
    boolean up = (word & 0xFFFFFFFFL) < (units - below) * 0x1p32;
    return Math.copySign(Math.scalb(up ? below + 1 : below, last), x);
  }

  private static int mantissaBits(DType dtype) {
    return switch (dtype) {
      case F32 -> 23;
      case F16 -> 10;
      case BF16 -> 7;
      case F8_E4M3 -> 3;
      case F8_E5M2 -> 2;
      default -> throw new DTypeException("stochastic rounding: " + dtype + " is no narrow float");
    };
  }

  private static int minExponent(DType dtype) {
    return switch (dtype) {
      case F16, F8_E5M2 -> -14;
      case F8_E4M3 -> -6;
      default -> Float.MIN_EXPONENT;
    };
  }
}
