package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/**
 * The last matrix product of a language model and its loss together, some rows at a time, so that
 * the logits {@code [N, V]} never exist as a whole (Wijmans et al., "Cut your losses in
 * large-vocabulary language models", 2024; Hsu et al., "Liger kernel", 2024). Gradients are made
 * while the logits of their rows are there, so that nothing is computed twice.
 */
public interface LinearCrossEntropyKernel {
  /**
   * The mean loss of {@code logits = x · weightᵀ} over targets that are not ignored (NaN where
   * there is none), and its gradients.
   *
   * @param x {@code [N, D]}
   * @param weight {@code [V, D]}
   * @param targets {@code [N]} i64 or i32, contiguous
   * @param loss a scalar
   * @param gx {@code [N, D]} contiguous, or null where it is not needed
   * @param gWeight {@code [V, D]} contiguous, or null
   * @throws IndexOutOfBoundsException for a target outside of 0…V−1 that is not ignored
   */
  void forward(
      Operand x,
      Operand weight,
      Operand targets,
      CrossEntropyTerms terms,
      Operand loss,
      Operand gx,
      Operand gWeight);

  /**
   * {@code gradient *= factor}, which costs nothing where the factor is 1, as it is in most steps.
   *
   * @param factor a scalar: the gradient of the loss
   * @param gradient contiguous
   */
  void scale(Operand factor, Operand gradient);
}
