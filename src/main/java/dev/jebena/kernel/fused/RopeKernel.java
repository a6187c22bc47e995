package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** Rotary position embedding (Su et al., 2021). */
public interface RopeKernel {
  /**
   * Rotates pairs of features by an angle per position: the first R of D features, the others stay
   * as they are.
   *
   * @param x {@code [..., T, D]} of any strides but a contiguous last axis
   * @param cos {@code [T, R/2]} contiguous, row t for position t of {@code x}
   * @param sin {@code [T, R/2]} contiguous
   * @param interleaved pairs (2k, 2k+1); otherwise (k, k + R/2) as in Hugging Face Llama
   * @param inverse rotates back, which is the gradient
   * @param out the shape of {@code x}, last axis contiguous
   */
  void rotate(
      Operand x, Operand cos, Operand sin, boolean interleaved, boolean inverse, Operand out);
}
