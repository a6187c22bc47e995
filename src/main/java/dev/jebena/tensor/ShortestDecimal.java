package dev.jebena.tensor;

import dev.jebena.memory.DType;
import dev.jebena.memory.NarrowFloat;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The decimal with the fewest digits that a type reads back as the same number, cut to a precision
 * by rounding the exact number, ties to even.
 */
final class ShortestDecimal {
  private static final RoundingMode HALF_EVEN = RoundingMode.HALF_EVEN;

  private final BigDecimal exact;
  private final BigDecimal shortest;

  /** The magnitude of a finite number of a type. */
  ShortestDecimal(double value, DType dtype) {
    double magnitude = Math.abs(value);
    exact = new BigDecimal(magnitude);
    shortest = magnitude == 0 ? BigDecimal.ZERO : shortest(magnitude, dtype);
  }

  private BigDecimal shortest(double magnitude, DType dtype) {
    if (dtype == DType.F64 || dtype == DType.F32) {
      var text =
          dtype == DType.F64 ? Double.toString(magnitude) : Float.toString((float) magnitude);
      var found = new BigDecimal(text).stripTrailingZeros();
      if (found.precision() == 2) { // Java insists on two digits where one may do
        var one = exact.round(new MathContext(1, HALF_EVEN));
        return nearest(one.doubleValue(), dtype) == magnitude ? one : found;
      }
      return found;
    }
    for (int digits = 1; ; digits++) {
      var found = exact.round(new MathContext(digits, HALF_EVEN));
      if (nearest(found.doubleValue(), dtype) == magnitude || found.compareTo(exact) == 0) {
        return found.stripTrailingZeros();
      }
    }
  }

  /** The number of a floating type that is nearest to a value. */
  static double nearest(double value, DType dtype) {
    return switch (dtype) {
      case F32 -> (float) value;
      case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
      case BF16 -> NarrowFloat.fromBf16(NarrowFloat.toBf16((float) value));
      case F8_E4M3 -> NarrowFloat.fromE4M3(NarrowFloat.toE4M3((float) value));
      case F8_E5M2 -> NarrowFloat.fromE5M2(NarrowFloat.toE5M2((float) value));
      default -> value;
    };
  }

  /** With at most {@code precision} digits after the point and no zeros at the end: {@code 1.}. */
  String positional(int precision) {
    var cut = shortest.scale() <= precision ? shortest : exact.setScale(precision, HALF_EVEN);
    var text = cut.stripTrailingZeros().toPlainString();
    return text.indexOf('.') < 0 ? text + "." : text;
  }

  /**
   * How many digits after the point the shortest has in scientific notation, cut to a precision.
   */
  int fractionDigits(int precision) {
    var cut =
        shortest.precision() <= precision + 1
            ? shortest
            : exact.round(new MathContext(precision + 1, HALF_EVEN));
    return Math.min(precision, cut.stripTrailingZeros().precision() - 1);
  }

  /**
   * One digit, a point, so many digits more. They are those of the exact number, also beyond its
   * shortest form, because they stand beside numbers that need them.
   */
  Scientific scientific(int fractionDigits) {
    var cut = exact.round(new MathContext(fractionDigits + 1, HALF_EVEN));
    var digits = cut.unscaledValue().toString();
    int exponent = cut.signum() == 0 ? 0 : digits.length() - 1 - cut.scale();
    var fraction = digits.length() > 1 ? digits.substring(1) : "";
    if (fraction.length() > fractionDigits) {
      fraction = fraction.substring(0, fractionDigits); // zeros of a large whole number
    }
    return new Scientific(
        digits.substring(0, 1),
        fraction + "0".repeat(fractionDigits - fraction.length()),
        exponent);
  }

  /** A number as {@code whole.fraction × 10^exponent}. */
  record Scientific(String whole, String fraction, int exponent) {
    /** How many digits the exponent has, two at least. */
    int exponentDigits() {
      return Math.max(2, Integer.toString(Math.abs(exponent)).length());
    }

    /** With zeros before the exponent up to a width. */
    String text(int exponentDigits) {
      var power = Integer.toString(Math.abs(exponent));
      return whole
          + "."
          + fraction
          + (exponent < 0 ? "e-" : "e+")
          + "0".repeat(exponentDigits - power.length())
          + power;
    }
  }
}
