package dev.jebena.tensor;

import dev.jebena.io.NamedArray;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * Tensors as text, laid out as NumPy does: brackets nest, an empty line stands between matrices,
 * and long axes of large tensors show only their ends, which is all that is then read.
 */
final class TensorPrinter {
  private final long[] sizes;
  private final String[] texts;
  private final TensorFormat format;
  private final boolean summarised;
  private final long[] shown;

  private TensorPrinter(long[] sizes, long[] shown, String[] texts, TensorFormat format) {
    this.sizes = sizes;
    this.shown = shown;
    this.texts = texts;
    this.format = format;
    this.summarised = !Arrays.equals(sizes, shown);
  }

  static String print(Tensor x, TensorFormat format) {
    var out = new StringBuilder("Tensor(");
    boolean summarised = x.elements() > format.threshold();
    if (x.elements() == 0) {
      out.append("[]");
    } else {
      var array = summarised ? ends(x, format.edgeItems()) : read(x);
      var texts = texts(array, format);
      out.append(
          new TensorPrinter(x.shape().toArray(), array.shape().toArray(), texts, format)
              .lines("Tensor("));
    }
    if (x.dtype() != DType.F32 && x.dtype() != DType.I64 && x.dtype() != DType.BOOL
        || x.elements() == 0) {
      out.append(", ").append(x.dtype());
    }
    if (summarised || (x.elements() == 0 && x.rank() > 0)) {
      out.append(", shape ").append(x.shape());
    }
    if (x.device() != Devices.standard()) {
      out.append(", on ").append(x.device().name());
    }
    if (x.producer() != null) {
      out.append(", from '").append(x.producer().name()).append('\'');
    } else if (x.requiresGrad()) {
      out.append(", requires grad");
    }
    return out.append(')').toString();
  }

  /** Whole numbers in the shape of a grid, indented to stand behind {@code prefix}. */
  static String grid(Shape shape, long[] values, String prefix) {
    var sizes = shape.toArray();
    return new TensorPrinter(sizes, sizes, NumberTexts.integers(values), TensorFormat.STANDARD)
        .lines(prefix);
  }

  private static NamedArray read(Tensor x) {
    var bytes = Arena.ofAuto().allocate(x.elements() * x.dtype().byteSize(), 8);
    try (var _ = Scope.open()) {
      x.toBytes(bytes);
    }
    return new NamedArray("", x.dtype(), x.shape(), bytes);
  }

  /** The entries at the ends of long axes only; nothing else is read or copied. */
  private static NamedArray ends(Tensor x, int edge) {
    try (var _ = Scope.open()) {
      return read(Tensor.noGrad(() -> ends(x.detach(), 0, edge)));
    }
  }

  private static Tensor ends(Tensor x, int axis, int edge) {
    if (axis == x.rank()) {
      return x;
    }
    long size = x.size(axis);
    if (size <= 2L * edge) {
      return ends(x, axis + 1, edge);
    }
    return Tensor.cat(
        axis,
        ends(x.slice(axis, 0, edge), axis + 1, edge),
        ends(x.slice(axis, size - edge, size), axis + 1, edge));
  }

  private static String[] texts(NamedArray array, TensorFormat format) {
    return switch (array.dtype().kind()) {
      case FLOAT -> NumberTexts.floats(array.toDoubles(), array.dtype(), format);
      case INTEGER -> NumberTexts.integers(array.toLongs());
      case BOOLEAN -> NumberTexts.booleans(array.toLongs(), array.shape().rank() == 0);
    };
  }

  private String lines(String prefix) {
    if (sizes.length == 0) {
      return texts[0];
    }
    return block(0, 0, " ".repeat(prefix.length()), format.lineWidth() - 1);
  }

  /**
   * One axis and all below it.
   *
   * @param start index of the first of its texts
   * @param indent of lines after the first, before the bracket of this axis
   */
  private String block(int axis, int start, String indent, int width) {
    int stride = 1;
    for (int i = axis + 1; i < shown.length; i++) {
      stride *= (int) shown[i];
    }
    int count = (int) shown[axis];
    int gap = summarised && shown[axis] < sizes[axis] ? count / 2 : -1;
    return axis == shown.length - 1
        ? row(start, count, gap, indent + " ", width - 1)
        : blocks(axis, start, stride, count, gap, indent + " ", width - 1);
  }

  private String blocks(
      int axis, int start, int stride, int count, int gap, String indent, int width) {
    var separator = "," + "\n".repeat(shown.length - axis - 1) + indent;
    var out = new StringBuilder("[");
    for (int i = 0; i < count; i++) {
      if (i == gap) {
        out.append("...").append(separator);
      }
      out.append(block(axis + 1, start + i * stride, indent, width));
      out.append(i < count - 1 ? separator : "");
    }
    return out.append(']').toString();
  }

  private String row(int start, int count, int gap, String indent, int width) {
    var out = new StringBuilder("[");
    int column = indent.length();
    for (int i = 0; i < count; i++) {
      if (i == gap) {
        column = word(out, "...", column, indent.length(), width);
        out.append(", ");
        column += 2;
      }
      column = word(out, texts[start + i], column, indent.length(), width);
      if (i < count - 1) {
        out.append(", ");
        column += 2;
      }
    }
    return out.append(']').toString();
  }

  /** Appends a word, on a new line where it does not fit; returns the column after it. */
  private static int word(StringBuilder out, String word, int column, int indent, int width) {
    int at = column;
    if (at + word.length() > width && at > indent) {
      out.setLength(out.length() - 1); // the space after the comma
      out.append('\n').append(" ".repeat(indent));
      at = indent;
    }
    out.append(word);
    return at + word.length();
  }
}
