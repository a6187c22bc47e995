package dev.jebena.tensor;

import dev.jebena.memory.DType;
import java.util.Arrays;

/** Numbers as texts of one width, so that columns align: NumPy's rules for each kind of type. */
final class NumberTexts {
  private NumberTexts() {}

  /** Right-aligned {@code true} and {@code false}; a single one stands alone. */
  static String[] booleans(long[] values, boolean scalar) {
    var texts = new String[values.length];
    Arrays.setAll(texts, i -> values[i] == 0 ? "false" : scalar ? "true" : " true");
    return texts;
  }

  /** Right-aligned whole numbers. */
  static String[] integers(long[] values) {
    var texts = Arrays.stream(values).mapToObj(Long::toString).toArray(String[]::new);
    int width = Arrays.stream(texts).mapToInt(String::length).max().orElse(0);
    Arrays.setAll(texts, i -> " ".repeat(width - texts[i].length()) + texts[i]);
    return texts;
  }

  /** Floating numbers with their points below each other. */
  static String[] floats(double[] values, DType dtype, TensorFormat format) {
    var texts = new String[values.length];
    int right =
        isScientific(values, dtype, format)
            ? scientific(values, dtype, format.precision(), texts)
            : positional(values, dtype, format.precision(), texts);
    for (int i = 0; i < texts.length; i++) {
      if (!Double.isFinite(values[i])) {
        var name = Double.isNaN(values[i]) ? "nan" : values[i] > 0 ? "inf" : "-inf";
        texts[i] = name;
      } else {
        int point = texts[i].indexOf('.');
        texts[i] += " ".repeat(right - (texts[i].length() - point - 1));
      }
    }
    int width = Arrays.stream(texts).mapToInt(String::length).max().orElse(0);
    Arrays.setAll(texts, i -> " ".repeat(width - texts[i].length()) + texts[i]);
    return texts;
  }

  private static boolean isScientific(double[] values, DType dtype, TensorFormat format) {
    double largest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value) && value != 0) {
        largest = Math.max(largest, Math.abs(value));
        smallest = Math.min(smallest, Math.abs(value));
      }
    }
    if (largest == 0) {
      return false;
    }
    double most =
        switch (dtype) {
          case F64 -> 1e8;
          case F32 -> 1e6;
          default -> 1e3;
        };
    if (largest >= most) {
      return true;
    }
    // compared in the type itself: in f32 the number nearest to 0.0001 is not below 0.0001
    return !format.suppressSmall()
        && (smallest < ShortestDecimal.nearest(1e-4, dtype)
            || ShortestDecimal.nearest(largest / smallest, dtype) > 1000);
  }

  private static String sign(double value) {
    return Double.doubleToRawLongBits(value) < 0 ? "-" : "";
  }

  /** Returns the most characters behind a point. */
  private static int positional(double[] values, DType dtype, int precision, String[] texts) {
    int right = 0;
    for (int i = 0; i < texts.length; i++) {
      if (Double.isFinite(values[i])) {
        var text = new ShortestDecimal(values[i], dtype).positional(precision);
        texts[i] = sign(values[i]) + text;
        right = Math.max(right, text.length() - text.indexOf('.') - 1);
      }
    }
    return right;
  }

  /** Returns the most characters behind a point. */
  private static int scientific(double[] values, DType dtype, int precision, String[] texts) {
    var numbers = new ShortestDecimal[values.length];
    int fraction = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        numbers[i] = new ShortestDecimal(values[i], dtype);
        fraction = Math.max(fraction, numbers[i].fractionDigits(precision));
      }
    }
    int exponent = 0;
    var written = new ShortestDecimal.Scientific[values.length];
    for (int i = 0; i < values.length; i++) {
      if (numbers[i] != null) {
        written[i] = numbers[i].scientific(fraction);
        exponent = Math.max(exponent, written[i].exponentDigits());
      }
    }
    for (int i = 0; i < values.length; i++) {
      if (written[i] != null) {
        texts[i] = sign(values[i]) + written[i].text(exponent);
      }
    }
    return fraction + 2 + exponent;
  }
}
