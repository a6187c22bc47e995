package dev.jebena.memory;

/**
 * Conversions between {@code float} and the formats narrower than it. Widening is exact; narrowing
 * rounds to nearest, ties to even.
 *
 * <p>The 8-bit formats follow the OCP 8-bit Floating Point Specification (2023). What is too large
 * becomes infinity in E5M2 and ±448 in E4M3, which has no infinity; infinities do as well. PyTorch
 * 2.13 does the same.
 */
public final class NarrowFloat {
  private NarrowFloat() {}

  /** The value of bfloat16 bits. */
  public static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The bfloat16 nearest to a value. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (value != value) {
      return (short) ((bits >>> 16) | 0x40); // a quiet NaN, also if the payload was all below
    }
    int half = 0x7FFF + ((bits >>> 16) & 1);
    return (short) ((bits + half) >>> 16);
  }

  /** The value of 8 bits with 4 exponent and 3 mantissa bits. */
  public static float fromE4M3(byte bits) {
    if ((bits & 0x7F) == 0x7F) {
      return Float.NaN;
    }
    return widen(bits, 3, 7);
  }

  /** The E4M3 value nearest to a value; ±448 beyond. */
  public static byte toE4M3(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 24) & 0x80;
    if (value != value) {
      return (byte) (sign | 0x7F);
    }
    return (byte) (sign | Math.min(narrow(value, 3, 7), 0x7E));
  }

  /** The value of 8 bits with 5 exponent and 2 mantissa bits. */
  public static float fromE5M2(byte bits) {
    int magnitude = bits & 0x7F;
    if (magnitude >= 0x7C) {
      float special = magnitude == 0x7C ? Float.POSITIVE_INFINITY : Float.NaN;
      return bits < 0 ? -special : special;
    }
    return widen(bits, 2, 15);
  }

  /** The E5M2 value nearest to a value; infinite beyond ±57344. */
  public static byte toE5M2(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 24) & 0x80;
    if (value != value) {
      return (byte) (sign | 0x7E);
    }
    return (byte) (sign | Math.min(narrow(value, 2, 15), 0x7C));
  }

  private static float widen(byte bits, int mantissaBits, int bias) {
    int exponent = (bits & 0x7F) >>> mantissaBits;
    int mantissa = bits & ((1 << mantissaBits) - 1);
    float magnitude =
        exponent == 0
            ? Math.scalb((float) mantissa, 1 - bias - mantissaBits)
            : Math.scalb((float) (mantissa | (1 << mantissaBits)), exponent - bias - mantissaBits);
    return bits < 0 ? -magnitude : magnitude;
  }

  /**
   * The magnitude of {@code value} as exponent and mantissa bits, rounded; 0x7F far beyond the
   * range. Since the next number up is the next integer up, a carry out of the mantissa lands in
   * the exponent by itself.
   */
  private static int narrow(float value, int mantissaBits, int bias) {
    float magnitude = Math.abs(value);
    if (magnitude > 1e6f) {
      return 0x7F;
    }
    int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
    // In units of the last place this is exact, and rint rounds ties to even.
    int units = (int) Math.rint(Math.scalb((double) magnitude, mantissaBits - exponent));
    return units + ((exponent + bias - 1) << mantissaBits);
  }
}
