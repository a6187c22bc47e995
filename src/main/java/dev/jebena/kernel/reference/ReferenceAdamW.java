package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AdamWKernel;

/** AdamW line by line. */
final class ReferenceAdamW implements AdamWKernel {
  @Override
  public void update(
      Operand parameterOperand,
      Operand gradientOperand,
      Operand mOperand,
      Operand vOperand,
      long step,
      double learningRate,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      double gradientScale) {
    var parameter = Elements.of(parameterOperand);
    var gradient = Elements.of(gradientOperand);
    var ms = Elements.of(mOperand);
    var vs = Elements.of(vOperand);
    double correction1 = 1 - StrictMath.pow(beta1, step);
    double correction2 = 1 - StrictMath.pow(beta2, step);
    Coordinates.forEach(
        parameter.shape(),
        at -> {
          double g = gradientScale * gradient.real(at);
          double m = beta1 * ms.real(at) + (1 - beta1) * g;
          double v = beta2 * vs.real(at) + (1 - beta2) * g * g;
          double move = m / correction1 / (Math.sqrt(v / correction2) + eps);
          double decayed = parameter.real(at) * (1 - learningRate * weightDecay);
          ms.set(m, at);
          vs.set(v, at);
          parameter.set(decayed - learningRate * move, at);
        });
  }
}
