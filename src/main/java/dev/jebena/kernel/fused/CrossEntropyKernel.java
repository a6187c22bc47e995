package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** Softmax and negative log-likelihood in one pass over each row of logits. */
public interface CrossEntropyKernel {
  /**
   * The loss of each row as {@link CrossEntropyTerms} has it.
   *
   * @param logits {@code [N, V]} contiguous
   * @param targets {@code [N]} i64 or i32, contiguous
   * @param losses {@code [N]}
   * @param logSumExp {@code [N]}, of the capped logits, kept for backward
   * @throws IndexOutOfBoundsException for a target outside of 0…V−1 that is not ignored
   */
  void forward(
      Operand logits, Operand targets, CrossEntropyTerms terms, Operand losses, Operand logSumExp);

  /**
   * The gradient of each row of logits: without further terms {@code g[n] · (softmax(logits[n]) −
   * onehot(targets[n]))}; 0 where ignored.
   *
   * @param g {@code [N]}, the gradient of each loss
   */
  void backward(
      Operand logits,
      Operand targets,
      CrossEntropyTerms terms,
      Operand logSumExp,
      Operand g,
      Operand gLogits);
}
