package dev.jebena.memory;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * How the elements of a tensor lie in its buffer: element {@code (i, j, …)} stands at {@code offset
 * + i·strides[0] + j·strides[1] + …}, all counted in elements. Every view operation is a new layout
 * over the same buffer. Immutable.
 */
public final class Layout {
  private final Shape shape;
  private final long[] strides;
  private final long offset;
  private final boolean contiguous;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.contiguous = isRowMajor(shape, strides);
  }

  /** A row-major layout at the start of a buffer. */
  public static Layout contiguous(Shape shape) {
    return new Layout(shape, rowMajorStrides(shape), 0);
  }

  /** A layout as given; the caller vouches that it stays inside the buffer. */
  public static Layout of(Shape shape, long[] strides, long offset) {
    if (strides.length != shape.rank()) {
      throw new ShapeException(
          "layout: " + strides.length + " strides for shape " + shape + " of rank " + shape.rank());
    }
    return new Layout(shape, strides.clone(), offset);
  }

  private static long[] rowMajorStrides(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, shape.size(i));
    }
    return strides;
  }

  private static boolean isRowMajor(Shape shape, long[] strides) {
    long expected = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      long size = shape.size(i);
      if (size == 0) {
        return true;
      }
      if (size != 1) {
        if (strides[i] != expected) {
          return false;
        }
        expected *= size;
      }
    }
    return true;
  }

  /** The size of each axis. */
  public Shape shape() {
    return shape;
  }

  /** The number of axes; 0 for a scalar. */
  public int rank() {
    return strides.length;
  }

  /** Size of an axis, negative axes counted from the end. */
  public long size(int axis) {
    return shape.size(axis);
  }

  /** Elements between neighbours along an axis, negative axes counted from the end. */
  public long stride(int axis) {
    return strides[shape.axis("stride", axis)];
  }

  /** A copy of the strides, in elements. */
  public long[] strides() {
    return strides.clone();
  }

  /** Where element (0, 0, …) stands, in elements from the start of the buffer. */
  public long offset() {
    return offset;
  }

  /** The product of the sizes: 1 for a scalar, 0 where a size is 0. */
  public long elements() {
    return shape.elements();
  }

  /** Whether the elements stand in row-major order without gaps (at any offset). */
  public boolean isContiguous() {
    return contiguous;
  }

  /** The element index in the buffer of a coordinate. */
  public long indexOf(long... coordinate) {
    if (coordinate.length != strides.length) {
      throw new ShapeException(
          "index: "
              + coordinate.length
              + " coordinates "
              + Arrays.toString(coordinate)
              + " for shape "
              + shape
              + " of rank "
              + rank());
    }
    long index = offset;
    for (int i = 0; i < coordinate.length; i++) {
      long size = shape.size(i);
      long c = coordinate[i] < 0 ? coordinate[i] + size : coordinate[i];
      if (c < 0 || c >= size) {
        throw new ShapeException(
            "index: "
                + Arrays.toString(coordinate)
                + " is out of range for shape "
                + shape
                + " at axis "
                + i);
      }
      index += c * strides[i];
    }
    return index;
  }

  /** Axes in another order: axis {@code i} of the result is axis {@code order[i]} of this. */
  public Layout permute(int... order) {
    int rank = rank();
    boolean[] seen = new boolean[rank];
    if (order.length != rank) {
      throw new ShapeException(
          "permute: " + order.length + " axes " + Arrays.toString(order) + " for shape " + shape);
    }
    long[] sizes = new long[rank];
    long[] permuted = new long[rank];
    for (int i = 0; i < rank; i++) {
      int axis = shape.axis("permute", order[i]);
      if (seen[axis]) {
        throw new ShapeException(
            "permute: axis " + axis + " stands twice in " + Arrays.toString(order));
      }
      seen[axis] = true;
      sizes[i] = shape.size(axis);
      permuted[i] = strides[axis];
    }
    return new Layout(Shape.of(sizes), permuted, offset);
  }

  /** Two axes exchanged. */
  public Layout transpose(int a, int b) {
    int first = shape.axis("transpose", a);
    int second = shape.axis("transpose", b);
    int[] order = new int[rank()];
    Arrays.setAll(order, i -> i == first ? second : i == second ? first : i);
    return permute(order);
  }

  /**
   * Elements {@code start, start+step, …} below {@code end} along an axis; negative bounds count
   * from the end and bounds are cut to the axis, as in Python.
   */
  public Layout slice(int axis, long start, long end, long step) {
    int a = shape.axis("slice", axis);
    if (step <= 0) {
      throw new ShapeException("slice: step " + step + " (a positive step would fit; see flip)");
    }
    long size = shape.size(a);
    long from = Math.clamp(start < 0 ? start + size : start, 0, size);
    long to = Math.clamp(end < 0 ? end + size : end, 0, size);
    long count = to <= from ? 0 : (to - from + step - 1) / step;
    long[] changed = strides.clone();
    changed[a] *= step;
    return new Layout(
        shape.with(a, count), changed, count == 0 ? offset : offset + from * strides[a]);
  }

  /** One index of an axis, which disappears. */
  public Layout select(int axis, long index) {
    int a = shape.axis("select", axis);
    long size = shape.size(a);
    long i = index < 0 ? index + size : index;
    if (i < 0 || i >= size) {
      throw new ShapeException(
          "select: index " + index + " is out of range for axis " + a + " of shape " + shape);
    }
    return new Layout(shape.without(a), removed(strides, a), offset + i * strides[a]);
  }

  /** A new axis of size 1 at a position from 0 to rank, or −1…−rank−1 from the end. */
  public Layout unsqueeze(int axis) {
    int rank = rank();
    if (axis < -rank - 1 || axis > rank) {
      throw new ShapeException("unsqueeze: axis " + axis + " is out of range for shape " + shape);
    }
    int at = axis < 0 ? axis + rank + 1 : axis;
    long[] sizes = new long[rank + 1];
    long[] wider = new long[rank + 1];
    for (int i = 0, j = 0; i <= rank; i++) {
      if (i == at) {
        sizes[i] = 1;
        wider[i] = at < rank ? strides[at] * shape.size(at) : 1;
      } else {
        sizes[i] = shape.size(j);
        wider[i] = strides[j++];
      }
    }
    return new Layout(Shape.of(sizes), wider, offset);
  }

  /** Without one axis of size 1. */
  public Layout squeeze(int axis) {
    int a = shape.axis("squeeze", axis);
    if (shape.size(a) != 1) {
      throw new ShapeException(
          "squeeze: axis " + a + " of shape " + shape + " has size " + shape.size(a) + ", not 1");
    }
    return new Layout(shape.without(a), removed(strides, a), offset);
  }

  /** The order of an axis reversed, through a negative stride. */
  public Layout flip(int axis) {
    int a = shape.axis("flip", axis);
    long size = shape.size(a);
    long[] changed = strides.clone();
    changed[a] = -changed[a];
    return new Layout(shape, changed, size == 0 ? offset : offset + (size - 1) * strides[a]);
  }

  /**
   * Windows of {@code size} elements along an axis, one every {@code step}: the axis counts the
   * windows, and a new last axis stands for the place in the window. Windows may overlap.
   */
  public Layout unfold(int axis, long size, long step) {
    int a = shape.axis("unfold", axis);
    long length = shape.size(a);
    if (size < 1 || size > length) {
      throw new ShapeException(
          "unfold: windows of "
              + size
              + " do not fit axis "
              + a
              + " of shape "
              + shape
              + " (1 to "
              + length
              + " would fit)");
    }
    if (step < 1) {
      throw new ShapeException("unfold: step " + step + " (a positive step would fit)");
    }
    int rank = rank();
    long[] sizes = Arrays.copyOf(shape.toArray(), rank + 1);
    long[] wider = Arrays.copyOf(strides, rank + 1);
    sizes[a] = (length - size) / step + 1;
    sizes[rank] = size;
    wider[a] *= step;
    wider[rank] = strides[a];
    return new Layout(Shape.of(sizes), wider, offset);
  }

  /**
   * The elements where {@code index of b − index of a = k}, as a new last axis in place of both.
   */
  public Layout diagonal(long k, int a, int b) {
    int rows = shape.axis("diagonal", a);
    int columns = shape.axis("diagonal", b);
    if (rows == columns) {
      throw new ShapeException(
          "diagonal: takes two different axes, got " + a + " and " + b + " of shape " + shape);
    }
    long row = Math.max(0, -k);
    long column = Math.max(0, k);
    long count = Math.max(0, Math.min(shape.size(rows) - row, shape.size(columns) - column));
    int last = rank() - 1;
    long[] sizes = new long[last];
    long[] left = new long[last];
    int at = 0;
    for (int i = 0; i <= last; i++) {
      if (i != rows && i != columns) {
        sizes[at] = shape.size(i);
        left[at++] = strides[i];
      }
    }
    sizes[at] = count;
    left[at] = strides[rows] + strides[columns];
    long start = count == 0 ? offset : offset + row * strides[rows] + column * strides[columns];
    return new Layout(Shape.of(sizes), left, start);
  }

  /** Broadcast to a larger shape with stride 0 along the axes that repeat. */
  public Layout expand(Shape target) {
    int lead = target.rank() - rank();
    if (lead < 0) {
      throw new ShapeException("expand: shape " + shape + " has more axes than " + target);
    }
    long[] wider = new long[target.rank()];
    for (int i = lead; i < wider.length; i++) {
      long size = shape.size(i - lead);
      if (size == target.size(i)) {
        wider[i] = strides[i - lead];
      } else if (size != 1) {
        throw new ShapeException(
            "expand: shape "
                + shape
                + " does not broadcast to "
                + target
                + ": axis "
                + (i - target.rank())
                + " is "
                + size
                + ", not 1 or "
                + target.size(i));
      }
    }
    return new Layout(target, wider, offset);
  }

  /** The same elements in the same order under another shape, or empty where that needs a copy. */
  public Optional<Layout> reshape(Shape target) {
    if (target.elements() != elements()) {
      throw new ShapeException(
          "reshape: "
              + shape
              + " has "
              + elements()
              + " elements, "
              + target
              + " has "
              + target.elements());
    }
    if (contiguous) {
      return Optional.of(new Layout(target, rowMajorStrides(target), offset));
    }
    // Group old axes that are contiguous with each other; each group must split into new axes.
    long[] fitted = new long[target.rank()];
    int rank = rank();
    int n = target.rank() - 1;
    int o = rank - 1;
    while (o >= 0 && n >= 0) {
      long oldProduct = shape.size(o);
      long newProduct = target.size(n);
      int firstOld = o;
      int firstNew = n;
      while (oldProduct != newProduct) {
        if (oldProduct < newProduct) {
          if (--o < 0) {
            return Optional.empty();
          }
          oldProduct *= shape.size(o);
        } else {
          if (--n < 0) {
            return Optional.empty();
          }
          newProduct *= target.size(n);
        }
      }
      long stride = 0;
      long expected = 0;
      boolean started = false;
      for (int i = firstOld; i >= o; i--) {
        long size = shape.size(i);
        if (size == 1) {
          continue;
        }
        if (!started) {
          stride = strides[i];
          started = true;
        } else if (strides[i] != expected) {
          return Optional.empty();
        }
        expected = strides[i] * size;
      }
      long running = started ? stride : 1;
      for (int i = firstNew; i >= n; i--) {
        fitted[i] = running;
        running *= target.size(i);
      }
      o--;
      n--;
    }
    while (n >= 0) {
      fitted[n--] = 1; // only axes of size 1 are left
    }
    return Optional.of(new Layout(target, fitted, offset));
  }

  /** The smallest number of elements a buffer must hold for this layout. */
  public long extent() {
    if (elements() == 0) {
      return 0;
    }
    long last = offset;
    for (int i = 0; i < strides.length; i++) {
      last += Math.max(0, (shape.size(i) - 1) * strides[i]);
    }
    return last + 1;
  }

  /** The smallest element index in the buffer; below the offset where strides are negative. */
  public long lowest() {
    long first = offset;
    if (elements() > 0) {
      for (int i = 0; i < strides.length; i++) {
        first += Math.min(0, (shape.size(i) - 1) * strides[i]);
      }
    }
    return first;
  }

  /**
   * Whether two coordinates may stand for one element. Never false where they do; true for some
   * interlaced layouts where they do not.
   */
  public boolean mayOverlap() {
    if (elements() == 0) {
      return false;
    }
    long[] steps = new long[rank()];
    long[] sizes = shape.toArray();
    Integer[] order = new Integer[rank()];
    Arrays.setAll(order, i -> i);
    Arrays.setAll(steps, i -> Math.abs(strides[i]));
    Arrays.sort(order, Comparator.comparingLong(i -> steps[i]));
    long reached = 0;
    for (int i : order) {
      if (sizes[i] > 1) {
        if (steps[i] <= reached) {
          return true;
        }
        reached += (sizes[i] - 1) * steps[i];
      }
    }
    return false;
  }

  private static long[] removed(long[] values, int at) {
    long[] rest = new long[values.length - 1];
    System.arraycopy(values, 0, rest, 0, at);
    System.arraycopy(values, at + 1, rest, at, rest.length - at);
    return rest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout layout
        && shape.equals(layout.shape)
        && offset == layout.offset
        && Arrays.equals(strides, layout.strides);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(strides) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return shape + " strides " + Arrays.toString(strides) + " offset " + offset;
  }
}
