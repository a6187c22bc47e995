package dev.jebena.nn;

import dev.jebena.tensor.Tensor;

/**
 * Turns queries and keys by where they stand: {@link RotaryEmbedding}, or a choice among several.
 */
@FunctionalInterface
public interface Rotation {
  /** Turns {@code [..., T, D]}, whose first row stands at position {@code start}. */
  Tensor forward(Tensor x, long start);
}
