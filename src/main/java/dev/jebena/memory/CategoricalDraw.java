package dev.jebena.memory;

import java.util.Arrays;

/**
 * One of many, drawn in proportion to {@code exp(logit / temperature)}, in an arithmetic of whole
 * numbers: weights are multiples of 2⁻⁴⁰ of the largest one, so that their sums are exact in any
 * order, and every device draws the same from the same bits, whether it has f64 or not. Two
 * products in f32 stand before that, of which neither depends on a device. What is less likely than
 * e⁻²⁸ of the most likely is never drawn.
 */
public final class CategoricalDraw {
  /** The most candidates whose weights have a sum below 2⁶⁴. */
  public static final int LARGEST = 1 << 23;

  private static final float SMALLEST = -32;

  /** log₂ e · 2⁶³. */
  private static final long LOG2_E = 0xb8aa3b295c17f0bcL;

  /** (ln 2)ᵏ / k! · 2⁶²: the series of 2ʰ, which settles within 2⁻³¹ for h below 1. */
  private static final long[] SERIES = {
    0x4000000000000000L, 0x2c5c85fdf473de6bL, 0xf5fdeffc162c754L, 0x38d611ae09417f1L,
    0x9d955b7dd273b9L, 0x15d87fe78a6731L, 0x2861225f0d8f1L, 0x3ff97f8b1162L,
    0x58b0088e972L, 0x6d494f4e58L, 0x7933d4563L
  };

  private CategoricalDraw() {}

  /**
   * The place of the one that is drawn.
   *
   * @param logits at most {@link #LARGEST}; NaN and −∞ are never drawn
   * @param temperature 0 for the largest logit, the first of equals
   * @param topK how many of the largest may be drawn, first ones before their equals; 0 for all
   * @param topP that only the fewest largest may be drawn whose probability reaches this; 1 for all
   * @param bits 64 random ones
   */
  public static int choose(float[] logits, double temperature, int topK, double topP, long bits) {
    requireSize(logits.length);
    long first = Long.MIN_VALUE;
    int largest = 0;
    for (int i = 0; i < logits.length; i++) {
      if (key(logits[i], i) > first) {
        first = key(logits[i], i);
        largest = i;
      }
    }
    if (temperature == 0) {
      return largest;
    }
    float inverse = inverse(temperature);
    long[] weights = new long[logits.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = weight(logits[i], logits[largest], inverse);
    }
    keep(logits, weights, topK, topP);
    long point = Math.unsignedMultiplyHigh(bits, Arrays.stream(weights).sum());
    for (int i = 0; i < weights.length; i++) {
      point -= weights[i];
      if (point < 0) {
        return i;
      }
    }
    return largest; // where nothing has a weight
  }

  /** Sets the weights to 0 that are not among the largest k, or behind the probability p. */
  private static void keep(float[] logits, long[] weights, int topK, double topP) {
    if (topP == 1 && (topK == 0 || topK >= weights.length)) {
      return;
    }
    long[] order = new long[logits.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = ~key(logits[i], i); // falling
    }
    Arrays.sort(order);
    int count = topK == 0 ? order.length : Math.min(topK, order.length);
    if (topP < 1) {
      long sum = 0;
      for (int i = 0; i < count; i++) {
        sum += weights[place(~order[i])];
      }
      long enough = Math.max(1, Math.unsignedMultiplyHigh(fraction(topP), sum));
      long reached = 0;
      int needed = 0;
      while (needed < count && reached < enough) {
        reached += weights[place(~order[needed++])];
      }
      count = needed;
    }
    for (int i = count; i < order.length; i++) {
      weights[place(~order[i])] = 0;
    }
  }

  /**
   * {@code exp((logit − top) · inverse)} in units of 2⁻⁴⁰.
   *
   * @param top the largest logit
   */
  static long weight(float logit, float top, float inverse) {
    float exponent = (logit - top) * inverse;
    if (!(exponent > SMALLEST)) {
      return 0; // NaN too
    }
    long steps = (long) (exponent * -0x1p32f); // exact
    long binary = (64L << 32) - Math.unsignedMultiplyHigh(steps << 1, LOG2_E);
    long part = binary << 32;
    long power = SERIES[10];
    for (int k = 9; k >= 0; k--) {
      power = SERIES[k] + Math.unsignedMultiplyHigh(power, part);
    }
    int shift = 86 - (int) (binary >>> 32);
    return shift > 63 ? 0 : power >>> shift;
  }

  /** Larger for a larger logit, and for the first of equals; NaN stands below all. */
  private static long key(float logit, int place) {
    int bits = Float.floatToIntBits(logit + 0f); // −0 becomes 0
    int rising = Float.isNaN(logit) ? Integer.MIN_VALUE : bits ^ ((bits >> 31) & 0x7fffffff);
    return ((long) rising << 32) | ~place & 0xffffffffL;
  }

  private static int place(long key) {
    return ~(int) key;
  }

  /** What exponents are multiplied by, finite. */
  public static float inverse(double temperature) {
    return (float) Math.min(1 / temperature, Float.MAX_VALUE);
  }

  /** A probability below 1 as a multiple of 2⁻⁶⁴. */
  public static long fraction(double probability) {
    return (long) (probability * 0x1p63) << 1;
  }

  /** Fails for more candidates than sums have room for, and for none. */
  public static void requireSize(long candidates) {
    if (candidates < 1 || candidates > LARGEST) {
      throw new IllegalArgumentException(
          "drawing one of " + candidates + " candidates: from 1 to " + LARGEST + " are possible");
    }
  }
}
