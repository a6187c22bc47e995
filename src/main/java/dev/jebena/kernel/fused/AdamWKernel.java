package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/**
 * One pass of AdamW (Loshchilov and Hutter, 2019) over all parameters together. All operands are
 * contiguous; the arrays are parallel.
 */
public interface AdamWKernel {
  /**
   * The numbers of a step that all parameters share.
   *
   * @param number of the step, counted from 1
   */
  record Step(long number, double learningRate, double beta1, double beta2, double eps) {}

  /**
   * Updates parameters and moments in place:
   *
   * <pre>
   * g = gradientScale · gradient
   * m = beta1·m + (1−beta1)·g        v = beta2·v + (1−beta2)·g²
   * p = p·(1 − learningRate·weightDecay) − learningRate · (m/(1−beta1^number)) / (√(v/(1−beta2^number)) + eps)
   * </pre>
   *
   * @param weightDecays one a parameter
   * @param gradientScale what every gradient is multiplied by first, for clipping and averaging: a
   *     scalar of f64, or of f32 where the device has no f64. It stays on the device
   */
  void update(
      Operand[] parameters,
      Operand[] gradients,
      Operand[] means,
      Operand[] squares,
      double[] weightDecays,
      Step step,
      Operand gradientScale);
}
