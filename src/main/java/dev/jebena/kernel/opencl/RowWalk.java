package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.Layout;

/** The rows of an operand whose last axis is contiguous, in the order of coordinates. */
final class RowWalk {
  /** Launches a kernel for rows that lie as a piece says, the first of them having a number. */
  @FunctionalInterface
  interface Rows {
    void launch(Walk.Piece piece, long first, long count);
  }

  private RowWalk() {}

  static void forEach(Operand x, Rows rows) {
    if (x.elements() == 0) {
      return;
    }
    var layout = x.layout();
    var starts = x.with(Layout.of(layout.shape().with(-1, 1), layout.strides(), layout.offset()));
    long[] first = {0};
    Walk.rowMajor(starts)
        .forEach(
            new Operand[] {starts},
            piece -> {
              long count = piece.units(1);
              rows.launch(piece, first[0], count);
              first[0] += count;
            });
  }
}
