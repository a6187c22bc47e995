package dev.jebena.einops;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.List;

/**
 * Several tensors in one, and what is needed to take them apart again.
 *
 * @param tensor joined along the axis that {@code *} stands for
 * @param shapes what {@code *} stood for in each
 */
public record Packed(Tensor tensor, List<Shape> shapes) {
  /** Keeps a copy of the list. */
  public Packed {
    shapes = List.copyOf(shapes);
  }
}
