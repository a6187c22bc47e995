package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.Layout;

/**
 * The common walk of several operands of one shape: axes of size 1 are gone, neighbouring axes that
 * are one run for every operand are merged, and axes are ordered by the strides of the first
 * operand, so that writes go forward. Position p of the walk counts elements in that order.
 */
final class Walk {
  private final long[] sizes;
  private final long[][] strides;
  private final long elements;

  private Walk(long[] sizes, long[][] strides, long elements) {
    this.sizes = sizes;
    this.strides = strides;
    this.elements = elements;
  }

  /** A walk in the order of the first operand's memory. */
  static Walk of(Operand... operands) {
    return of(true, operands);
  }

  /** A walk in row-major order, whatever the strides. */
  static Walk rowMajor(Operand... operands) {
    return of(false, operands);
  }

  private static Walk of(boolean sort, Operand... operands) {
    Layout first = operands[0].layout();
    int rank = 0;
    int[] axes = new int[first.rank()];
    for (int axis = 0; axis < first.rank(); axis++) {
      if (first.size(axis) != 1) {
        axes[rank++] = axis;
      }
    }
    for (int i = 1; sort && i < rank; i++) { // insertion sort: stable, and ranks are small
      for (int j = i; j > 0 && magnitude(first, axes[j - 1]) < magnitude(first, axes[j]); j--) {
        int swapped = axes[j];
        axes[j] = axes[j - 1];
        axes[j - 1] = swapped;
      }
    }
    long[] sizes = new long[rank];
    long[][] strides = new long[operands.length][rank];
    int merged = 0;
    for (int i = 0; i < rank; i++) {
      long size = first.size(axes[i]);
      boolean joins = merged > 0;
      for (int k = 0; k < operands.length && joins; k++) {
        joins = strides[k][merged - 1] == operands[k].layout().stride(axes[i]) * size;
      }
      int at = joins ? merged - 1 : merged++;
      sizes[at] = joins ? sizes[at] * size : size;
      for (int k = 0; k < operands.length; k++) {
        strides[k][at] = operands[k].layout().stride(axes[i]);
      }
    }
    if (merged == 0) {
      return new Walk(new long[] {1}, new long[operands.length][1], first.elements());
    }
    for (int k = 0; k < operands.length; k++) {
      strides[k] = java.util.Arrays.copyOf(strides[k], merged);
    }
    return new Walk(java.util.Arrays.copyOf(sizes, merged), strides, first.elements());
  }

  private static long magnitude(Layout layout, int axis) {
    return Math.abs(layout.stride(axis));
  }

  /** Merged axes; at least 1. */
  int rank() {
    return sizes.length;
  }

  long elements() {
    return elements;
  }

  /** Elements along the innermost axis. */
  long inner() {
    return sizes[sizes.length - 1];
  }

  /** Size of a merged axis. */
  long size(int axis) {
    return sizes[axis];
  }

  /** Stride of an operand along a merged axis, in elements. */
  long stride(int operand, int axis) {
    return strides[operand][axis];
  }

  /** Stride of an operand along the innermost axis, in elements. */
  long innerStride(int operand) {
    return strides[operand][sizes.length - 1];
  }

  /** Whether an operand lies in one piece in the order of the walk. */
  boolean isContiguous(int operand) {
    return sizes.length == 1 && strides[operand][0] == 1;
  }

  /** Offset of an operand's element at a position, in elements from its start. */
  long offset(int operand, long position) {
    long rest = position;
    long offset = 0;
    for (int axis = sizes.length - 1; axis > 0; axis--) {
      offset += rest % sizes[axis] * strides[operand][axis];
      rest /= sizes[axis];
    }
    return offset + rest * strides[operand][0];
  }
}
