package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import java.util.Arrays;
import java.util.Comparator;

/** Sorting along an axis, and looking up places in what is sorted. */
final class Sorting {
  private Sorting() {}

  static void sort(
      Operand xOperand,
      int axis,
      boolean descending,
      Operand valuesOperand,
      Operand indicesOperand) {
    var x = Elements.of(xOperand);
    var values = Elements.of(valuesOperand);
    var indices = Elements.of(indicesOperand);
    if (values.shape().elements() == 0) {
      return;
    }
    Coordinates.forEach(
        x.shape().with(axis, 1),
        start -> {
          var order = new Integer[x.size(axis)];
          Arrays.setAll(order, i -> i);
          Comparator<Integer> rising =
              (i, j) ->
                  compare(x, Coordinates.with(start, axis, i), Coordinates.with(start, axis, j));
          // the sort is stable; a reversed comparator keeps it so, a reversed result would not
          Arrays.sort(order, descending ? rising.reversed() : rising);
          for (int i = 0; i < values.size(axis); i++) {
            long[] to = Coordinates.with(start, axis, i);
            long[] from = Coordinates.with(start, axis, order[i]);
            if (x.isFloat()) {
              values.set(x.real(from), to);
            } else {
              values.set(x.whole(from), to);
            }
            indices.set((long) order[i], to);
          }
        });
  }

  /** NaN above everything, zeros of both signs equal. */
  private static int compare(Elements x, long[] a, long[] b) {
    return x.isFloat()
        ? Double.compare(x.real(a) + 0.0, x.real(b) + 0.0) // −0 + 0 is 0
        : Long.compare(x.whole(a), x.whole(b));
  }

  static void searchSorted(
      Operand sortedOperand, Operand valuesOperand, boolean right, Operand outOperand) {
    var sorted = Elements.of(sortedOperand);
    var values = Elements.of(valuesOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        values.shape(),
        at -> {
          long place = 0;
          while (place < sorted.size(-1)
              && !stops(sorted, Coordinates.with(at, at.length - 1, place), values, at, right)) {
            place++;
          }
          out.set(place, at);
        });
  }

  /** Whether the value's place is no further than this element. */
  private static boolean stops(
      Elements sorted, long[] place, Elements values, long[] at, boolean right) {
    if (sorted.isFloat()) {
      double element = sorted.real(place);
      double value = values.real(at);
      return right ? element > value : element >= value;
    }
    long element = sorted.whole(place);
    long value = values.whole(at);
    return right ? element > value : element >= value;
  }
}
