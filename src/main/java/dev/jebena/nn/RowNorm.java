package dev.jebena.nn;

import dev.jebena.tensor.Tensor;

/** A norm over the last axis, of whatever kind a model has. */
public interface RowNorm extends Module {
  /** {@code [..., D]} to the same. */
  Tensor forward(Tensor x);

  /**
   * {@code x + residual} and its norm, for a residual stream that goes on beside what the norm is
   * for. A norm with a kernel for both saves reading the sum again.
   */
  default NormedSum forwardAdded(Tensor x, Tensor residual) {
    var sum = x.add(residual);
    return new NormedSum(sum, forward(sum));
  }

  /**
   * What {@link #forwardAdded} gives.
   *
   * @param sum {@code x + residual}
   * @param normed the norm of the sum
   */
  record NormedSum(Tensor sum, Tensor normed) {}
}
