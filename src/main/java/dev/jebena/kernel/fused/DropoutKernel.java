package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/**
 * Dropout (Srivastava et al., 2014) whose mask is never stored: backward is the same call on the
 * gradient, and draws the same elements again.
 */
public interface DropoutKernel {
  /**
   * {@code out[i] = x[i] / (1 − p)}, or 0 where element i in row-major order is drawn by {@link
   * dev.jebena.memory.BernoulliBits} with probability p from block {@code counter} on.
   *
   * @param x contiguous
   * @param out the same shape, contiguous
   */
  void apply(Operand x, double p, long seed, long counter, Operand out);
}
