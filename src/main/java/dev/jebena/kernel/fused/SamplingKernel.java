package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** The choice of the next token, so that logits never leave the device. */
public interface SamplingKernel {
  /**
   * Writes what {@link dev.jebena.memory.CategoricalDraw#choose} chooses: the same token on every
   * device.
   *
   * @param logits {@code [V]}, contiguous
   * @param temperature 0 for the most likely
   * @param topK how many may be chosen; 0 for all
   * @param topP probability that they have to reach; 1 for all
   * @param bits 64 random ones
   * @param out a scalar of i64
   */
  void choose(Operand logits, double temperature, int topK, double topP, long bits, Operand out);
}
