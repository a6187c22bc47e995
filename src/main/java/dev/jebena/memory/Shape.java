package dev.jebena.memory;

import java.util.Arrays;

/** The sizes of a tensor's axes, outermost first; immutable. Rank 0 is a scalar. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new long[0]);

  private final long[] sizes;
  private final long elements;

  private Shape(long[] sizes) {
    this.sizes = sizes;
    long product = 1;
    for (long size : sizes) {
      if (size < 0) {
        throw new ShapeException(
            "shape " + Arrays.toString(sizes) + ": an axis cannot be negative");
      }
      try {
        product = Math.multiplyExact(product, size);
      } catch (ArithmeticException e) {
        throw new ShapeException(
            "shape " + Arrays.toString(sizes) + ": more than 2^63 elements", e);
      }
    }
    this.elements = product;
  }

  /** A shape of the given sizes; none for a scalar. */
  public static Shape of(long... sizes) {
    return sizes.length == 0 ? SCALAR : new Shape(sizes.clone());
  }

  /** The number of axes; 0 for a scalar. */
  public int rank() {
    return sizes.length;
  }

  /** The product of all sizes; 1 for a scalar. */
  public long elements() {
    return elements;
  }

  /**
   * The size of an axis.
   *
   * @param axis 0…rank−1, or −1…−rank counted from the end
   */
  public long size(int axis) {
    return sizes[axis("size", axis)];
  }

  /**
   * {@code axis} as a number from 0 to rank−1.
   *
   * @param operation named in the error
   * @throws ShapeException where there is no such axis
   */
  public int axis(String operation, int axis) {
    int rank = sizes.length;
    if (axis < -rank || axis >= rank) {
      throw new ShapeException(
          rank == 0
              ? operation + ": axis " + axis + " of a scalar, which has none"
              : operation
                  + ": axis "
                  + axis
                  + " is out of range for shape "
                  + this
                  + " (valid: "
                  + -rank
                  + " to "
                  + (rank - 1)
                  + ")");
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** A copy of the sizes. */
  public long[] toArray() {
    return sizes.clone();
  }

  /** The same shape with one axis of another size. */
  public Shape with(int axis, long size) {
    long[] changed = sizes.clone();
    changed[axis("with", axis)] = size;
    return new Shape(changed);
  }

  /** The shape without one axis. */
  public Shape without(int axis) {
    int gone = axis("without", axis);
    long[] rest = new long[sizes.length - 1];
    for (int i = 0, j = 0; i < sizes.length; i++) {
      if (i != gone) {
        rest[j++] = sizes[i];
      }
    }
    return new Shape(rest);
  }

  /**
   * The shape that {@code a} and {@code b} broadcast to: aligned at the last axis, sizes equal or
   * one of them 1.
   *
   * @param operation named in the error
   */
  public static Shape broadcast(String operation, Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    long[] sizes = new long[rank];
    for (int i = 0; i < rank; i++) {
      int ia = i - (rank - a.rank());
      int ib = i - (rank - b.rank());
      long sa = ia < 0 ? 1 : a.sizes[ia];
      long sb = ib < 0 ? 1 : b.sizes[ib];
      if (sa != sb && sa != 1 && sb != 1) {
        throw new ShapeException(
            operation
                + ": shapes "
                + a
                + " and "
                + b
                + " do not broadcast: axis "
                + (i - rank)
                + " is "
                + sa
                + " against "
                + sb
                + " (equal sizes, or one of them 1, would fit)");
      }
      sizes[i] = sa == 1 ? sb : sa;
    }
    return new Shape(sizes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
