package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;

/**
 * Copies of 4-byte elements where the source is contiguous along another axis than the target: in
 * strips of eight source rows that {@link Transpose} turns in registers. Element by element each
 * read would bring a cache line for the sake of four bytes.
 */
final class TransposedCopy {
  /** Columns of the source that one task takes of each strip. */
  private static final int SPAN = 512;

  private final WorkerPool pool;

  TransposedCopy(WorkerPool pool) {
    this.pool = pool;
  }

  /** The axis of the walk along which the source is contiguous, or −1. */
  private static int sourceAxis(Walk walk) {
    for (int axis = 0; axis < walk.rank() - 1; axis++) {
      if (walk.stride(1, axis) == 1 && walk.size(axis) >= 8) {
        return axis;
      }
    }
    return -1;
  }

  boolean fits(Operand x, Operand out) {
    if (out.elements() == 0) {
      return false;
    }
    var walk = Walk.of(out, x);
    return walk.innerStride(0) == 1 && walk.inner() >= 8 && sourceAxis(walk) >= 0;
  }

  void run(Operand x, Operand out) {
    var walk = Walk.of(out, x);
    int axis = sourceAxis(walk);
    int last = walk.rank() - 1;
    long rows = walk.inner(); // of the source; contiguous in the target
    long columns = walk.size(axis); // contiguous in the source
    long others = walk.elements() / rows / columns;
    long strips = (rows + 7) / 8;
    long spans = (columns + SPAN - 1) / SPAN;
    // Strips of one span are neighbours, so that lines of the target are filled while in cache.
    long units = others * spans * strips;
    int perTask = 16;
    long rowX = 4 * walk.stride(1, last);
    long columnOut = 4 * walk.stride(0, axis);
    var from = Memory.of(x);
    var to = Memory.of(out);
    pool.run(
        Math.toIntExact((units + perTask - 1) / perTask),
        task -> {
          long end = Math.min(units, (task + 1L) * perTask);
          for (long unit = (long) task * perTask; unit < end; unit++) {
            long row = unit % strips * 8;
            long column = unit / strips % spans * SPAN;
            long other = unit / strips / spans;
            long atX = Memory.start(x) + row * rowX + 4 * (column + offset(walk, 1, axis, other));
            long atOut =
                Memory.start(out) + column * columnOut + 4 * (row + offset(walk, 0, axis, other));
            int n = (int) Math.min(SPAN, columns - column);
            if (row + 8 <= rows) {
              Transpose.rows(from, atX, rowX, 8, n, to, atOut, columnOut);
            } else {
              for (long r = 0; r < rows - row; r++) {
                for (long k = 0; k < n; k++) {
                  Scalars.move(4, from, atX + r * rowX + 4 * k, to, atOut + k * columnOut + 4 * r);
                }
              }
            }
          }
        });
  }

  /** Where the slice number {@code other} of the two axes begins. */
  private static long offset(Walk walk, int operand, int axis, long other) {
    long rest = other;
    long offset = 0;
    for (int i = walk.rank() - 2; i >= 0; i--) {
      if (i != axis) {
        offset += rest % walk.size(i) * walk.stride(operand, i);
        rest /= walk.size(i);
      }
    }
    return offset;
  }
}
