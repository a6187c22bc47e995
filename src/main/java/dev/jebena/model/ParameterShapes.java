package dev.jebena.model;

import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parameters of a configuration by name and shape, without making them. */
public final class ParameterShapes {
  private ParameterShapes() {}

  /** In the order in which {@link Transformer} asks for them. */
  public static Map<String, Shape> of(TransformerConfig config) {
    var shapes = new LinkedHashMap<String, Shape>();
    try (var _ = Scope.open()) {
      var nothing = Tensor.zeros(0);
      Transformer.outline(
          config,
          (name, shape) -> {
            shapes.put(name, Shape.of(shape));
            return nothing;
          });
    }
    return Collections.unmodifiableMap(shapes);
  }
}
