package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.Layout;

/**
 * Sorts lines of an axis, or takes the first of what a sort would give. Lines are shared out among
 * the threads; a line is one thread's work.
 *
 * <p>Elements become whole numbers that rise as the elements do, so that one comparison of integers
 * decides everything: order, NaN, zeros of both signs. Types of up to 32 bits share a 64-bit word
 * with their index ({@link PackedLine}), which makes any sort stable; wider ones have the index
 * beside them ({@link WideLine}).
 */
final class Sorting {
  private final WorkerPool pool;

  Sorting(WorkerPool pool) {
    this.pool = pool;
  }

  /** The numbers of one line in order. */
  interface Line {
    /** Orders the line of x that begins at a byte offset. */
    void order(long atX);

    /** Where the element that comes i-th stood. */
    int index(int i);
  }

  void sort(Operand x, int axis, boolean descending, Operand values, Operand indices) {
    if (values.elements() == 0) {
      return;
    }
    var dtype = x.dtype();
    int size = dtype.byteSize();
    int length = Math.toIntExact(x.layout().size(axis));
    int kept = Math.toIntExact(values.layout().size(axis));
    long step = x.layout().stride(axis) * size;
    long stepValues = values.layout().stride(axis) * size;
    long stepIndices = indices.layout().stride(axis) * Long.BYTES;
    var walk = Walk.of(heads(values, axis), heads(indices, axis), heads(x, axis));
    var from = Memory.of(x);
    var toValues = Memory.of(values);
    var toIndices = Memory.of(indices);
    long lines = walk.elements();
    long perTask = Math.max(1, ElementWise.TASK / Math.max(64, length));
    pool.run(
        Math.toIntExact((lines + perTask - 1) / perTask),
        task -> {
          var source = new LineSource(dtype, from, step, length, descending, pool.scratch());
          var line = size == 8 ? new WideLine(source, kept) : new PackedLine(source, kept);
          long last = Math.min(lines, (task + 1) * perTask);
          for (long i = task * perTask; i < last; i++) {
            long atX = Memory.start(x) + walk.offset(2, i) * size;
            long atValues = Memory.start(values) + walk.offset(0, i) * size;
            long atIndices = Memory.start(indices) + walk.offset(1, i) * Long.BYTES;
            line.order(atX);
            for (int j = 0; j < kept; j++) {
              int index = line.index(j);
              // the element itself, since a key knows neither the sign of 0 nor the bits of NaN
              Scalars.move(size, from, atX + index * step, toValues, atValues + j * stepValues);
              toIndices.set(Memory.LONG, atIndices + j * stepIndices, (long) index);
            }
          }
        });
  }

  /** The operand without an axis: one element a line. */
  static Operand heads(Operand operand, int axis) {
    Layout layout = operand.layout();
    return operand.with(Layout.of(layout.shape().with(axis, 1), layout.strides(), layout.offset()));
  }

  /** Whether the first few are better picked out than sorted out. */
  static boolean isSelection(int length, int kept) {
    return kept < length / 8;
  }

  /** Candidates that a selection holds before it drops all but the best. */
  static int candidates(int kept) {
    return Math.max(2 * kept, kept + 256);
  }
}
