package dev.jebena.tensor;

import java.util.Arrays;
import java.util.Locale;

/**
 * Tensors as text: brackets nest as in NumPy, long axes show their three first and last entries.
 */
final class TensorPrinter {
  private static final int EDGE = 3;
  private static final int SUMMARISED_ABOVE = 1000;

  private final double[] values;
  private final long[] sizes;
  private final boolean whole;
  private final boolean bool;
  private final boolean summarised;
  private final StringBuilder out = new StringBuilder();

  private TensorPrinter(Tensor x) {
    this.sizes = x.shape().toArray();
    this.whole = !x.dtype().isFloat();
    this.bool = x.dtype() == dev.jebena.memory.DType.BOOL;
    this.summarised = x.elements() > SUMMARISED_ABOVE;
    this.values = x.toDoubles();
  }

  static String print(Tensor x) {
    var printer = new TensorPrinter(x);
    printer.append(0, 0, 7);
    return "Tensor(" + printer.out + ", " + x.dtype() + " " + x.shape() + ")";
  }

  private void append(int axis, int start, int indent) {
    if (axis == sizes.length) {
      out.append(format(values[start]));
      return;
    }
    int size = (int) sizes[axis];
    int stride = (int) Arrays.stream(sizes, axis + 1, sizes.length).reduce(1, (a, b) -> a * b);
    out.append('[');
    for (int i = 0; i < size; i++) {
      if (i > 0) {
        boolean last = axis == sizes.length - 1;
        out.append(last ? ", " : ",\n" + " ".repeat(indent + axis + 1));
      }
      if (summarised && size > 2 * EDGE && i == EDGE) {
        out.append("…");
        i = size - EDGE - 1;
        continue;
      }
      append(axis + 1, start + i * stride, indent);
    }
    out.append(']');
  }

  private String format(double value) {
    if (bool) {
      return value != 0 ? "true" : "false";
    }
    if (whole) {
      return Long.toString((long) value);
    }
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
