package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** More looks at the same memory: windows, moved, merged and parted axes, any strides at all. */
final class ShapeViews {
  private ShapeViews() {}

  /** Overlapping windows share elements: the gradient of an element adds up over its windows. */
  static Tensor unfold(Tensor x, int axis, long size, long step) {
    var layout = x.layout().unfold(axis, size, step);
    int a = x.shape().axis("unfold", axis);
    var from = x.shape();
    return Views.view(
        "unfold",
        x,
        layout,
        g -> {
          // [..., windows, ..., size] → [..., windows · size, ...], added where each came from
          var places = range(g, from.size(a)).unfold(0, size, step).reshape(-1);
          var flat = g.movedim(-1, a + 1).reshape(from.with(a, places.size(0)).toArray());
          return gradients(zeros(g, from).indexAdd(a, places, flat));
        });
  }

  static Tensor movedim(Tensor x, int[] from, int[] to) {
    if (from.length != to.length) {
      throw new ShapeException(
          "movedim: "
              + from.length
              + " axes "
              + Arrays.toString(from)
              + " cannot go to "
              + to.length
              + " places "
              + Arrays.toString(to));
    }
    int rank = x.rank();
    int[] order = new int[rank];
    Arrays.fill(order, -1);
    boolean[] moved = new boolean[rank];
    for (int i = 0; i < from.length; i++) {
      int source = x.shape().axis("movedim", from[i]);
      int target = x.shape().axis("movedim", to[i]);
      if (moved[source] || order[target] >= 0) {
        throw new ShapeException(
            "movedim: an axis stands twice in "
                + Arrays.toString(from)
                + " → "
                + Arrays.toString(to)
                + " for shape "
                + x.shape());
      }
      moved[source] = true;
      order[target] = source;
    }
    int next = 0;
    for (int i = 0; i < rank; i++) {
      if (order[i] < 0) {
        while (moved[next]) {
          next++;
        }
        order[i] = next++;
      }
    }
    return x.permute(order);
  }

  /** Axes first to last become one. A scalar becomes one element. */
  static Tensor flatten(Tensor x, int first, int last) {
    if (x.rank() == 0) {
      return x.reshape(1);
    }
    int a = x.shape().axis("flatten", first);
    int b = x.shape().axis("flatten", last);
    if (a > b) {
      throw new ShapeException(
          "flatten: axis " + first + " stands after axis " + last + " in shape " + x.shape());
    }
    long[] sizes = new long[x.rank() - (b - a)];
    long product = 1;
    for (int i = 0; i < x.rank(); i++) {
      if (i < a) {
        sizes[i] = x.size(i);
      } else if (i > b) {
        sizes[i - (b - a)] = x.size(i);
      } else {
        product *= x.size(i);
      }
    }
    sizes[a] = product;
    return x.reshape(sizes);
  }

  static Tensor unflatten(Tensor x, int axis, long... parts) {
    int a = x.shape().axis("unflatten", axis);
    long[] filled;
    try {
      filled = Views.inferred("unflatten", Shape.of(x.size(a)), parts).toArray();
    } catch (ShapeException e) {
      throw doesNotPart(x, a, parts);
    }
    if (parts.length == 0 || Shape.of(filled).elements() != x.size(a)) {
      throw doesNotPart(x, a, parts);
    }
    long[] sizes = new long[x.rank() - 1 + filled.length];
    for (int i = 0; i < x.rank(); i++) {
      if (i != a) {
        sizes[i < a ? i : i - 1 + filled.length] = x.size(i);
      }
    }
    System.arraycopy(filled, 0, sizes, a, filled.length);
    // one axis always parts without a copy
    return Views.viewAs(x, sizes);
  }

  private static ShapeException doesNotPart(Tensor x, int axis, long[] parts) {
    return new ShapeException(
        "unflatten: axis "
            + axis
            + " of shape "
            + x.shape()
            + " has size "
            + x.size(axis)
            + ", which is not the product of "
            + Arrays.toString(parts));
  }

  static Tensor narrow(Tensor x, int axis, long start, long length) {
    int a = x.shape().axis("narrow", axis);
    long size = x.size(a);
    long from = start < 0 ? start + size : start;
    if (from < 0 || length < 0 || from + length > size) {
      throw new ShapeException(
          "narrow: "
              + length
              + " elements from "
              + start
              + " do not lie within axis "
              + a
              + " of shape "
              + x.shape());
    }
    return x.slice(a, from, from + length);
  }

  static Tensor squeeze(Tensor x) {
    var out = x;
    for (int i = x.rank() - 1; i >= 0; i--) {
      if (x.size(i) == 1) {
        out = out.squeeze(i);
      }
    }
    return out;
  }

  static List<Tensor> unbind(Tensor x, int axis) {
    int a = x.shape().axis("unbind", axis);
    var parts = new ArrayList<Tensor>();
    for (long i = 0; i < x.size(a); i++) {
      parts.add(x.select(a, i));
    }
    return parts;
  }

  /**
   * Any layout over the storage of x. The gradient is added up in the storage, as far as either
   * layout reaches, and read from there as x reads it; where several elements of x are one element
   * of the storage each takes its share.
   */
  static Tensor asStrided(Tensor x, long[] sizes, long[] strides, long offset) {
    var layout = Layout.of(Shape.of(sizes), strides, offset);
    long held = x.operand().buffer().byteSize() / x.dtype().byteSize();
    if (layout.lowest() < 0 || layout.extent() > held) {
      throw new ShapeException(
          "asStrided: "
              + layout
              + " reaches from element "
              + layout.lowest()
              + " to "
              + (layout.extent() - 1)
              + " of a storage of "
              + held);
    }
    var origin = x.layout();
    return Views.view(
        "asStrided",
        x,
        layout,
        g -> {
          var cells = Shape.of(Math.max(layout.extent(), origin.extent()));
          var all = range(g, cells.elements());
          var written = all.under(layout).reshape(-1);
          var read = all.under(origin).reshape(-1);
          var storage = zeros(g, cells).indexAdd(0, written, g.reshape(-1));
          if (origin.mayOverlap()) {
            var once = Tensor.full(g.device(), g.dtype(), read.shape(), 1);
            storage =
                storage.div(zeros(g, cells).indexAdd(0, read, once).clamp(1, Double.MAX_VALUE));
          }
          return gradients(storage.indexSelect(0, read).reshape(origin.shape().toArray()));
        });
  }

  private static Tensor zeros(Tensor like, Shape shape) {
    return Tensor.zeros(like.device(), like.dtype(), shape);
  }

  /** {@code 0 … end−1}, i64, on the device of another tensor. */
  static Tensor range(Tensor like, long end) {
    return Context.current().withDevice(like.device()).call(() -> Tensor.arange(end));
  }

  /** Whole numbers from the host on the device of another tensor. */
  static Tensor numbers(Tensor like, long[] values) {
    return Context.current().withDevice(like.device()).call(() -> Tensor.of(values));
  }
}
