package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** The squares of many tensors in one sum: what the norm of all gradients is made of. */
public interface SquaresKernel {
  /**
   * {@code out = Σ x²} over all elements of all operands, in an order that depends on shapes only.
   *
   * @param operands contiguous
   * @param out a scalar of f64, or of f32 where the device has no f64
   */
  void sum(Operand[] operands, Operand out);
}
