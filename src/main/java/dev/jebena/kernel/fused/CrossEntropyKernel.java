package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** Softmax and negative log-likelihood in one pass over each row of logits. */
public interface CrossEntropyKernel {
  /**
   * {@code losses[n] = logSumExp(logits[n]) − logits[n][targets[n]]}, and 0 where the target is
   * {@code ignored}.
   *
   * @param logits {@code [N, V]} contiguous
   * @param targets {@code [N]} i64 or i32, contiguous
   * @param losses {@code [N]}
   * @param logSumExp {@code [N]}, kept for backward
   * @throws IndexOutOfBoundsException for a target outside of 0…V−1 that is not {@code ignored}
   */
  void forward(Operand logits, Operand targets, long ignored, Operand losses, Operand logSumExp);

  /**
   * {@code gLogits[n] = g[n] · (softmax(logits[n]) − onehot(targets[n]))}, 0 where ignored.
   *
   * @param g {@code [N]}, the gradient of each loss
   */
  void backward(
      Operand logits, Operand targets, long ignored, Operand logSumExp, Operand g, Operand gLogits);
}
