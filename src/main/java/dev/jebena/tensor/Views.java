package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Other looks at the same memory, and the copies that change type, device or order. */
final class Views {
  private Views() {}

  static Tensor view(String name, Tensor x, Layout layout, Tape.Rule rule) {
    return Tape.record(name, x.under(layout), rule, x).viewOf(x);
  }

  static Tensor permute(Tensor x, int... order) {
    var layout = x.layout().permute(order);
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[x.shape().axis("permute", order[i])] = i;
    }
    return view("permute", x, layout, g -> gradients(g.permute(inverse)));
  }

  static Tensor transpose(Tensor x, int a, int b) {
    return view("transpose", x, x.layout().transpose(a, b), g -> gradients(g.transpose(a, b)));
  }

  static Tensor reshape(Tensor x, long... sizes) {
    var shape = inferred("reshape", x.shape(), sizes);
    var from = x.shape();
    var layout = x.layout().reshape(shape);
    if (layout.isPresent()) {
      return view("reshape", x, layout.get(), g -> gradients(g.reshape(from.toArray())));
    }
    var copied = x.contiguous();
    return view(
        "reshape", copied, Layout.contiguous(shape), g -> gradients(g.reshape(from.toArray())));
  }

  static Tensor viewAs(Tensor x, long... sizes) {
    var shape = inferred("view", x.shape(), sizes);
    var from = x.shape();
    var layout =
        x.layout()
            .reshape(shape)
            .orElseThrow(() ->
                new ShapeException(
                    "view: shape "
                        + shape
                        + " would join axes of "
                        + x.shape()
                        + " whose strides "
                        + Arrays.toString(x.layout().strides())
                        + " do not continue each other; reshape copies where it must"));
    return view("view", x, layout, g -> gradients(g.reshape(from.toArray())));
  }

  /** Replaces one −1 by what is left of as many elements as {@code from} has. */
  static Shape inferred(String operation, Shape from, long[] sizes) {
    int unknown = -1;
    long known = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1) {
        if (unknown >= 0) {
          throw new ShapeException(
              operation + ": only one axis of " + Arrays.toString(sizes) + " can be -1");
        }
        unknown = i;
      } else {
        known *= sizes[i];
      }
    }
    if (unknown < 0) {
      var shape = Shape.of(sizes);
      if (shape.elements() != from.elements()) {
        throw new ShapeException(
            operation
                + ": "
                + from
                + " has "
                + from.elements()
                + " elements, "
                + shape
                + " has "
                + shape.elements());
      }
      return shape;
    }
    if (known == 0 || from.elements() % known != 0) {
      throw new ShapeException(
          operation
              + ": "
              + from
              + " has "
              + from.elements()
              + " elements, which "
              + Arrays.toString(sizes)
              + " cannot divide");
    }
    long[] filled = sizes.clone();
    filled[unknown] = from.elements() / known;
    return Shape.of(filled);
  }

  /** Where −1 stands for the size that an axis has already. */
  static Tensor expand(Tensor x, long[] sizes) {
    long[] filled = sizes.clone();
    int lead = sizes.length - x.rank();
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1) {
        if (i < lead) {
          throw new ShapeException(
              "expand: axis "
                  + i
                  + " of "
                  + Arrays.toString(sizes)
                  + " is new for shape "
                  + x.shape()
                  + " and has no size to keep; -1 would fit in the last "
                  + x.rank());
        }
        filled[i] = lead < 0 ? 1 : x.size(i - lead);
      }
    }
    return expand(x, Shape.of(filled));
  }

  static Tensor expand(Tensor x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    var from = x.shape();
    return view("expand", x, x.layout().expand(shape), g -> gradients(sumTo(g, from)));
  }

  /** Sums a gradient over the axes along which a tensor of {@code shape} was broadcast. */
  private static Tensor sumTo(Tensor g, Shape shape) {
    int lead = g.rank() - shape.rank();
    int[] axes =
        IntStream.range(0, g.rank())
            .filter(i -> i < lead || shape.size(i - lead) == 1 && g.size(i) != 1)
            .toArray();
    var summed = axes.length == 0 ? g : g.sum(axes, true);
    return summed.reshape(shape.toArray());
  }

  static Tensor unsqueeze(Tensor x, int axis) {
    int at = axis < 0 ? axis + x.rank() + 1 : axis;
    return view("unsqueeze", x, x.layout().unsqueeze(axis), g -> gradients(g.squeeze(at)));
  }

  static Tensor squeeze(Tensor x, int axis) {
    int at = x.shape().axis("squeeze", axis);
    return view("squeeze", x, x.layout().squeeze(axis), g -> gradients(g.unsqueeze(at)));
  }

  static Tensor slice(Tensor x, int axis, long start, long end, long step) {
    var from = x.shape();
    return view(
        "slice",
        x,
        x.layout().slice(axis, start, end, step),
        g -> gradients(placed(from, g, whole -> whole.slice(axis, start, end, step))));
  }

  static Tensor select(Tensor x, int axis, long index) {
    var from = x.shape();
    return view(
        "select",
        x,
        x.layout().select(axis, index),
        g -> gradients(placed(from, g, whole -> whole.select(axis, index))));
  }

  /** Zeros of {@code shape} with {@code part} written where {@code place} looks. */
  static Tensor placed(Shape shape, Tensor part, UnaryOperator<Tensor> place) {
    var whole = Tensor.zeros(part.device(), part.dtype(), shape);
    Dispatch.copy(part, place.apply(whole));
    return Tape.record("place", whole, g -> gradients(place.apply(g)), part);
  }

  static Tensor flip(Tensor x, int axis) {
    return view("flip", x, x.layout().flip(axis), g -> gradients(g.flip(axis)));
  }

  static Tensor contiguous(Tensor x) {
    return x.isContiguous() ? x : copy(x);
  }

  static Tensor copy(Tensor x) {
    return Tape.record(
        "copy",
        Dispatch.copy(x, Dispatch.empty(x.device(), x.dtype(), x.shape())),
        g -> gradients(g),
        x);
  }

  static Tensor to(Tensor x, DType dtype) {
    if (x.dtype() == dtype) {
      return x;
    }
    var from = x.dtype();
    var out = Dispatch.copy(x, Dispatch.empty(x.device(), dtype, x.shape()));
    return dtype.isFloat() && from.isFloat()
        ? Tape.record("to", out, g -> gradients(g.to(from)), x)
        : out;
  }

  static Tensor to(Tensor x, Device device) {
    if (x.device() == device) {
      return x;
    }
    var from = x.device();
    var out = Dispatch.empty(device, x.dtype(), x.shape());
    HostCopies.move(x, out);
    return Tape.record("to", out, g -> gradients(g.to(from)), x);
  }
}
