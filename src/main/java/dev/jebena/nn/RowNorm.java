package dev.jebena.nn;

import dev.jebena.tensor.Tensor;

/** A norm over the last axis, of whatever kind a model has. */
public interface RowNorm extends Module {
  /** {@code [..., D]} to the same. */
  Tensor forward(Tensor x);
}
