package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The elements of several operands of one shape as loops that kernels have: an inner axis and up to
 * four axes around it. Axes that lie together in all operands are one; what still does not fit, in
 * axes or in 31 bits of elements, becomes several pieces.
 */
final class Walk {
  private static final int OUTER = 4;
  private static final long MOST = 1L << 30;

  /** An axis: its size, and the stride of each operand. */
  private record Axis(long size, long[] strides) {}

  /**
   * What one launch goes over.
   *
   * @param offsets of each operand's first element
   * @param inner size of the inner axis
   * @param innerStrides of each operand
   * @param sizes of the four axes around it, the last one fastest
   * @param strides of each operand along these four
   */
  record Piece(
      long[] offsets, int inner, long[] innerStrides, int[] sizes, long[][] strides, int rows) {

    /** How often vectors of a width are needed: the last one of a row may be cut. */
    long units(int width) {
      return (long) rows * ((inner + width - 1) / width);
    }
  }

  private final List<Axis> axes;
  private final int operands;
  private final boolean empty;

  private Walk(List<Axis> axes, int operands, boolean empty) {
    this.axes = axes;
    this.operands = operands;
    this.empty = empty;
  }

  /** In the order in which the first operand, the output, lies in memory. */
  static Walk over(Operand... operands) {
    var axes = axes(operands);
    axes.sort((a, b) -> Long.compare(Math.abs(b.strides[0]), Math.abs(a.strides[0])));
    return new Walk(merged(axes), operands.length, operands[0].elements() == 0);
  }

  /** In the order of coordinates, the last axis fastest. */
  static Walk rowMajor(Operand... operands) {
    return new Walk(merged(axes(operands)), operands.length, operands[0].elements() == 0);
  }

  private static List<Axis> axes(Operand... operands) {
    var shape = operands[0].shape();
    var axes = new ArrayList<Axis>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.size(axis) != 1) {
        long[] strides = new long[operands.length];
        for (int i = 0; i < strides.length; i++) {
          strides[i] = operands[i].layout().stride(axis);
        }
        axes.add(new Axis(shape.size(axis), strides));
      }
    }
    return axes;
  }

  private static List<Axis> merged(List<Axis> axes) {
    var result = new ArrayList<Axis>();
    for (var axis : axes) {
      var before = result.isEmpty() ? null : result.getLast();
      if (before != null && continues(before, axis)) {
        result.set(result.size() - 1, new Axis(before.size * axis.size, axis.strides));
      } else {
        result.add(axis);
      }
    }
    return result;
  }

  /** Whether a step along the outer axis is as far as the whole inner axis, in every operand. */
  private static boolean continues(Axis outer, Axis inner) {
    for (int i = 0; i < inner.strides.length; i++) {
      if (outer.strides[i] != inner.strides[i] * inner.size) {
        return false;
      }
    }
    return true;
  }

  /** Whether all of the operands are one run of neighbours. */
  boolean isOneRun() {
    return !empty
        && axes.size() <= 1
        && (axes.isEmpty() || Arrays.stream(axes.getFirst().strides).allMatch(s -> s == 1));
  }

  /** Calls {@code action} for every piece; none where there are no elements. */
  void forEach(Operand[] of, Consumer<Piece> action) {
    if (empty) {
      return;
    }
    long[] offsets = new long[operands];
    for (int i = 0; i < operands; i++) {
      offsets[i] = of[i].layout().offset();
    }
    split(axes, offsets, action);
  }

  private void split(List<Axis> rest, long[] offsets, Consumer<Piece> action) {
    long elements = 1;
    for (var axis : rest) {
      elements *= axis.size;
    }
    if (rest.size() <= OUTER + 1 && elements <= MOST) {
      action.accept(piece(rest, offsets));
      return;
    }
    var first = rest.getFirst();
    if (rest.size() == 1) {
      for (long at = 0; at < first.size; at += MOST) {
        var part = new Axis(Math.min(MOST, first.size - at), first.strides);
        split(List.of(part), moved(offsets, first, at), action);
      }
      return;
    }
    for (long i = 0; i < first.size; i++) {
      split(rest.subList(1, rest.size()), moved(offsets, first, i), action);
    }
  }

  private static long[] moved(long[] offsets, Axis axis, long index) {
    long[] moved = offsets.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += index * axis.strides[i];
    }
    return moved;
  }

  private Piece piece(List<Axis> rest, long[] offsets) {
    int[] sizes = new int[OUTER];
    Arrays.fill(sizes, 1);
    long[][] strides = new long[operands][OUTER];
    int inner = 1;
    long[] innerStrides = new long[operands];
    int rows = 1;
    if (!rest.isEmpty()) {
      inner = (int) rest.getLast().size;
      innerStrides = rest.getLast().strides;
    }
    for (int i = 0; i < rest.size() - 1; i++) {
      int at = OUTER - (rest.size() - 1) + i;
      sizes[at] = (int) rest.get(i).size;
      rows *= sizes[at];
      for (int operand = 0; operand < operands; operand++) {
        strides[operand][at] = rest.get(i).strides[operand];
      }
    }
    return new Piece(offsets, inner, innerStrides, sizes, strides, rows);
  }
}
