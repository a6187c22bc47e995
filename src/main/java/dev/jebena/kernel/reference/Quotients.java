package dev.jebena.kernel.reference;

/** Floating division that rounds down, with a remainder to match, as in Python. */
public final class Quotients {
  private Quotients() {}

  /** What is left of {@code a / b} rounded down: has the sign of b. NaN where b is 0. */
  public static double remainder(double a, double b) {
    double left = a % b;
    return left != 0 && left < 0 != b < 0 ? left + b : left;
  }

  /**
   * {@code a / b} rounded down. It goes by the exact remainder, since a quotient just below a whole
   * number may round up to it.
   */
  public static double floorDivide(double a, double b) {
    if (b == 0) {
      return a / b;
    }
    double left = a % b;
    double quotient = (a - left) / b;
    if (left != 0 && left < 0 != b < 0) {
      quotient -= 1;
    }
    if (quotient == 0) {
      return Math.copySign(0, a / b);
    }
    double below = Math.floor(quotient);
    return quotient - below > 0.5 ? below + 1 : below;
  }

  /** {@link #remainder(double, double)} in f32, rounded as f32 is. */
  public static float remainder(float a, float b) {
    float left = a % b;
    return left != 0 && left < 0 != b < 0 ? left + b : left;
  }

  /** {@link #floorDivide(double, double)} in f32. */
  public static float floorDivide(float a, float b) {
    return (float) floorDivide((double) a, (double) b);
  }
}
