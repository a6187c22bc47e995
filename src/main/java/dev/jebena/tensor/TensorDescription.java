package dev.jebena.tensor;

import dev.jebena.memory.Shape;
import java.util.ArrayList;
import java.util.List;

/** How a tensor lies in its storage, in words and, where it is small, as a picture. */
final class TensorDescription {
  /** Larger tensors would not be a picture any more. */
  private static final int DRAWN = 64;

  private TensorDescription() {}

  static String of(Tensor x) {
    var lines = new ArrayList<String>();
    lines.add(x.dtype() + " " + x.shape() + ", " + count(x.elements(), "element"));
    lines.add("  storage   " + storage(x));
    lines.add("  offset    " + x.layout().offset() + offset(x));
    lines.add("  strides   " + java.util.Arrays.toString(x.layout().strides()));
    for (int axis = 0; axis < x.rank(); axis++) {
      lines.add("    axis " + axis + "  " + axis(x, axis));
    }
    lines.add("  layout    " + layout(x));
    lines.add("  gradient  " + gradient(x));
    if (x.elements() > 0 && x.elements() <= DRAWN && x.rank() > 0 && x.rank() <= 3) {
      var prefix = "  places    ";
      lines.add(prefix + TensorPrinter.grid(x.shape(), places(x), prefix));
    }
    return String.join("\n", lines);
  }

  private static String count(long number, String of) {
    return number + " " + of + (number == 1 ? "" : "s");
  }

  private static String storage(Tensor x) {
    var id = "@" + Integer.toHexString(System.identityHashCode(x.storage()));
    if (x.storage().isReleased()) {
      return id + ", its memory is freed, on " + x.device().name();
    }
    long bytes = x.storage().buffer().byteSize();
    return id
        + ", "
        + count(bytes, "byte")
        + " = "
        + count(bytes / x.dtype().byteSize(), "element")
        + ", on "
        + x.device().name();
  }

  private static String offset(Tensor x) {
    return x.layout().offset() == 0 ? "" : ": the first element is not the storage's first";
  }

  private static String axis(Tensor x, int axis) {
    long size = x.size(axis);
    long stride = x.layout().stride(axis);
    var line = "size " + size + ", stride " + stride;
    if (size <= 1) {
      return line;
    }
    if (stride == 0) {
      return line + ": broadcast, every index is the same memory";
    }
    return stride < 0 ? line + ": reversed, walks backwards" : line;
  }

  private static String layout(Tensor x) {
    if (x.isContiguous()) {
      return "contiguous: row-major without gaps";
    }
    List<String> why = new ArrayList<>();
    boolean ordered = true;
    long before = Long.MAX_VALUE;
    for (int axis = 0; axis < x.rank(); axis++) {
      long stride = x.layout().stride(axis);
      if (x.size(axis) <= 1 || stride == 0) {
        continue;
      }
      ordered &= Math.abs(stride) <= before;
      before = Math.abs(stride);
    }
    if (!ordered) {
      why.add("axes are not in the order of memory");
    }
    for (int axis = 0; axis < x.rank(); axis++) {
      if (x.size(axis) > 1 && x.layout().stride(axis) <= 0) {
        why.add("axis " + axis + (x.layout().stride(axis) == 0 ? " is broadcast" : " is reversed"));
      }
    }
    return "not contiguous: " + (why.isEmpty() ? "elements are left out" : String.join(", ", why));
  }

  private static String gradient(Tensor x) {
    if (x.producer() != null) {
      return "recorded, made by '" + x.producer().name() + "'";
    }
    return x.requiresGrad() ? "required, a leaf" : "none";
  }

  /** Where each element stands in the storage, counted in elements. */
  private static long[] places(Tensor x) {
    Shape shape = x.shape();
    var places = new long[(int) shape.elements()];
    var coordinate = new long[shape.rank()];
    for (int i = 0; i < places.length; i++) {
      places[i] = x.layout().indexOf(coordinate);
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        if (++coordinate[axis] < shape.size(axis)) {
          break;
        }
        coordinate[axis] = 0;
      }
    }
    return places;
  }
}
