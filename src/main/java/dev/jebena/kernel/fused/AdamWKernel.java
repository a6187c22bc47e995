package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/** One pass of AdamW (Loshchilov and Hutter, 2019) over a parameter. All operands contiguous. */
public interface AdamWKernel {
  /**
   * Updates parameter and moments in place:
   *
   * <pre>
   * g = gradientScale · gradient
   * m = beta1·m + (1−beta1)·g        v = beta2·v + (1−beta2)·g²
   * p = p·(1 − learningRate·weightDecay) − learningRate · (m/(1−beta1^step)) / (√(v/(1−beta2^step)) + eps)
   * </pre>
   */
  void update(
      Operand parameter,
      Operand gradient,
      Operand m,
      Operand v,
      long step,
      double learningRate,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      double gradientScale);
}
