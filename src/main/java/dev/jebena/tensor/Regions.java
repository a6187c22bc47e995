package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What a view sees of its base, as operations on gradients: a gradient of the base has the base's
 * shape in row-major order, so the view's strides find the same elements in it.
 */
final class Regions {
  private Regions() {}

  /** How a view with this layout stands in its base. */
  static Layout inside(Tensor base, Layout view) {
    if (!base.isContiguous()) {
      throw new IllegalStateException(
          "a view of a tensor that is not row-major ("
              + base.layout()
              + ") cannot follow in-place changes that are recorded; use base.contiguous() first");
    }
    return Layout.of(view.shape(), view.strides(), view.offset() - base.layout().offset());
  }

  /** The history of a view of {@code base} as the base is now. */
  static Node node(Tensor base, Layout view) {
    var inside = inside(base, view);
    var whole = base.shape();
    return new Node("view", view.shape(), g -> gradients(placed(whole, g, inside)), base);
  }

  /** The elements of {@code whole} that a view sees. */
  static Tensor seen(Tensor whole, Layout inside) {
    var rows = whole.contiguous();
    var shape = whole.shape();
    var layout =
        Layout.of(inside.shape(), inside.strides(), inside.offset() + rows.layout().offset());
    return Tape.record("view", rows.under(layout), g -> gradients(placed(shape, g, inside)), rows);
  }

  /** Zeros of {@code shape} with {@code part} where a view sees it, summed where it sees twice. */
  static Tensor placed(Shape shape, Tensor part, Layout inside) {
    int[] repeated =
        IntStream.range(0, inside.rank())
            .filter(axis -> inside.size(axis) > 1 && inside.stride(axis) == 0)
            .toArray();
    var once = inside;
    for (int axis : repeated) {
      once = once.slice(axis, 0, 1, 1);
    }
    requireDistinct("backward of a view", once);
    var place = once;
    var summed = repeated.length == 0 ? part : part.sum(repeated, true);
    var whole = Tensor.zeros(part.device(), part.dtype(), shape);
    Dispatch.copy(summed, whole.under(place));
    return Tape.record("place", whole, g -> gradients(seen(g, place)), summed);
  }

  /** A copy with zeros where a view sees it. */
  static Tensor erased(Tensor whole, Layout inside) {
    var copy = Dispatch.copy(whole, Dispatch.empty(whole.device(), whole.dtype(), whole.shape()));
    Dispatch.fill(copy.under(inside), 0);
    return Tape.record("erase", copy, g -> gradients(erased(g, inside)), whole);
  }

  /** Refuses layouts in which two elements share memory: a write would be a race. */
  static void requireDistinct(String operation, Layout layout) {
    var axes =
        IntStream.range(0, layout.rank())
            .filter(axis -> layout.size(axis) > 1)
            .boxed()
            .sorted(Comparator.comparingLong(axis -> Math.abs(layout.stride(axis))))
            .toList();
    long span = 0;
    for (int axis : axes) {
      long step = Math.abs(layout.stride(axis));
      if (step <= span && layout.elements() > 0) {
        throw new ShapeException(
            operation
                + ": elements of "
                + layout.shape()
                + " with strides "
                + Arrays.toString(layout.strides())
                + " share memory; write to a copy()");
      }
      span += step * (layout.size(axis) - 1);
    }
  }
}
