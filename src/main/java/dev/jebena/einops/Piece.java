package dev.jebena.einops;

import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * An operand on its way through a plan: which slot it is in, which axes it has, how it lies in
 * memory. Its methods write down steps and follow what they do to it.
 */
final class Piece {
  private final List<EinsumStep> steps;
  private final int slot;
  private int[] axes;
  private Layout layout;

  Piece(List<EinsumStep> steps, int slot, int[] axes, Layout layout) {
    this.steps = steps;
    this.slot = slot;
    this.axes = axes;
    this.layout = layout;
  }

  int slot() {
    return slot;
  }

  /** The axes of the equation, in the order in which the piece has them. */
  int[] axes() {
    return axes;
  }

  Layout layout() {
    return layout;
  }

  /** The axes as bits. */
  long mask() {
    return mask(axes);
  }

  static long mask(int... axes) {
    long bits = 0;
    for (int axis : axes) {
      bits |= 1L << axis;
    }
    return bits;
  }

  static boolean has(long mask, int axis) {
    return (mask >> axis & 1) != 0;
  }

  /** Where an axis stands in this piece. */
  int place(int axis) {
    for (int i = 0; i < axes.length; i++) {
      if (axes[i] == axis) {
        return i;
      }
    }
    throw new IllegalArgumentException("axis " + axis + " is not in " + Arrays.toString(axes));
  }

  /** Leaves only some of the places; the others have size 1. */
  void drop(boolean... gone) {
    int[] rest = new int[axes.length];
    long[] sizes = new long[axes.length];
    int n = 0;
    for (int i = 0; i < axes.length; i++) {
      if (!gone[i]) {
        rest[n] = axes[i];
        sizes[n++] = layout.size(i);
      }
    }
    reshape(Shape.of(Arrays.copyOf(sizes, n)));
    axes = Arrays.copyOf(rest, n);
  }

  /** Two places become one, the last. */
  void diagonal(int first, int second) {
    steps.add(new EinsumStep.Diagonal(slot, first, second));
    int rank = axes.length;
    int[] rest = new int[rank - 1];
    long[] sizes = new long[rank - 1];
    long[] strides = new long[rank - 1];
    int n = 0;
    for (int i = 0; i < rank; i++) {
      if (i != first && i != second) {
        rest[n] = axes[i];
        sizes[n] = layout.size(i);
        strides[n++] = layout.stride(i);
      }
    }
    rest[n] = axes[first];
    sizes[n] = layout.size(first);
    strides[n] = layout.stride(first) + layout.stride(second);
    axes = rest;
    layout = Layout.of(Shape.of(sizes), strides, 0);
  }

  /** Sums places away. */
  void sum(int... places) {
    if (places.length == 0) {
      return;
    }
    steps.add(new EinsumStep.Sum(slot, places));
    var shape = layout.shape();
    for (int i = places.length - 1; i >= 0; i--) {
      shape = shape.without(places[i]);
    }
    int[] rest = new int[axes.length - places.length];
    int n = 0;
    for (int i = 0; i < axes.length; i++) {
      if (Arrays.binarySearch(places, i) < 0) {
        rest[n++] = axes[i];
      }
    }
    axes = rest;
    layout = Layout.contiguous(shape);
  }

  /** Brings the axes into an order; a view. */
  void permute(int... wanted) {
    if (Arrays.equals(wanted, axes)) {
      return;
    }
    int[] order = Arrays.stream(wanted).map(this::place).toArray();
    steps.add(new EinsumStep.Permute(slot, order));
    layout = layout.permute(order);
    axes = wanted.clone();
  }

  /** Another shape for the same elements; the axes then no longer tell what is what. */
  void reshape(Shape to) {
    if (layout.shape().equals(to)) {
      return;
    }
    var view = layout.reshape(to);
    steps.add(new EinsumStep.Reshape(slot, to, view.isEmpty() && layout.elements() > 0));
    layout = view.orElseGet(() -> Layout.contiguous(to));
  }

  /** Sizes of axes that this piece has. */
  LongStream sizes(int... wanted) {
    return Arrays.stream(wanted).mapToLong(axis -> layout.size(place(axis)));
  }

  /** How many elements a group of axes has. */
  long product(int... wanted) {
    return sizes(wanted).reduce(1, (a, b) -> a * b);
  }

  /** Whether a group of axes in this order can be seen as one axis. */
  boolean merges(int... group) {
    long expected = 0;
    boolean started = false;
    for (int i = group.length - 1; i >= 0; i--) {
      int at = place(group[i]);
      long size = layout.size(at);
      if (size == 1) {
        continue;
      }
      if (started && layout.stride(at) != expected) {
        return false;
      }
      expected = layout.stride(at) * size;
      started = true;
    }
    return true;
  }

  /** A group of axes in the order in which they lie in memory, the outermost first. */
  int[] byStride(int... group) {
    return Arrays.stream(group)
        .boxed()
        .sorted((a, b) -> Long.compare(stride(b), stride(a)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private long stride(int axis) {
    int at = place(axis);
    return layout.size(at) == 1 ? 0 : Math.abs(layout.stride(at));
  }
}
