package dev.jebena.kernel.reference;

import dev.jebena.memory.Shape;
import java.util.function.Consumer;

/** Walks the rows of a shape: all coordinates whose last index is 0. */
final class Rows {
  private Rows() {}

  static void forEach(Shape shape, Consumer<long[]> action) {
    if (shape.elements() > 0) {
      Coordinates.forEach(shape.with(-1, 1), action);
    }
  }
}
