package dev.jebena.einops;

import dev.jebena.memory.Shape;
import java.util.List;
import java.util.stream.Collectors;

/** A pattern as it was written and the operation it was given to. */
record Source(String operation, String text) {
  Span everything() {
    return new Span(0, text.length());
  }

  EinopsException error(EinopsException.Problem problem, Span where, String reason) {
    return error(problem, where, reason, "");
  }

  /**
   * @param context what the pattern met: {@code shape [4, 7], sizes p=2}
   */
  EinopsException error(
      EinopsException.Problem problem, Span where, String reason, String context) {
    return new EinopsException(problem, this, where, reason, context);
  }

  /** How a message calls one shape and the sizes that were given with it. */
  static String context(Shape shape, List<Axis> sizes) {
    var given = sizes.stream().map(Axis::toString).collect(Collectors.joining(" "));
    return "shape " + shape + (given.isEmpty() ? "" : ", sizes " + given);
  }

  /** How a message calls several shapes. */
  static String context(List<Shape> shapes) {
    var all = shapes.stream().map(Shape::toString).collect(Collectors.joining(", "));
    if (shapes.isEmpty()) {
      return "";
    }
    return (shapes.size() == 1 ? "shape " : "shapes ") + all;
  }
}
