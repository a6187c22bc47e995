package dev.jebena.kernel.reference;

import dev.jebena.memory.Shape;
import java.util.function.Consumer;

/** Walks all coordinates of a shape in row-major order: the last axis runs fastest. */
final class Coordinates {
  private Coordinates() {}

  /** Calls {@code action} once per coordinate; the array is reused, so keep a copy. */
  static void forEach(Shape shape, Consumer<long[]> action) {
    long elements = shape.elements();
    long[] sizes = shape.toArray();
    long[] at = new long[sizes.length];
    for (long i = 0; i < elements; i++) {
      action.accept(at);
      for (int axis = sizes.length - 1; axis >= 0 && ++at[axis] == sizes[axis]; axis--) {
        at[axis] = 0;
      }
    }
  }

  /** A copy of a coordinate with one axis replaced. */
  static long[] with(long[] at, int axis, long value) {
    long[] changed = at.clone();
    changed[axis] = value;
    return changed;
  }
}
