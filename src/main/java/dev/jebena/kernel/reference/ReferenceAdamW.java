package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AdamWKernel;

/** AdamW line by line. */
final class ReferenceAdamW implements AdamWKernel {
  @Override
  public void update(
      Operand[] parameters,
      Operand[] gradients,
      Operand[] means,
      Operand[] squares,
      double[] weightDecays,
      Step step,
      Operand gradientScale) {
    double scale = Elements.of(gradientScale).real();
    for (int i = 0; i < parameters.length; i++) {
      update(
          Elements.of(parameters[i]),
          Elements.of(gradients[i]),
          Elements.of(means[i]),
          Elements.of(squares[i]),
          weightDecays[i],
          step,
          scale);
    }
  }

  private static void update(
      Elements parameter,
      Elements gradient,
      Elements mean,
      Elements square,
      double weightDecay,
      Step step,
      double scale) {
    double beta1 = step.beta1();
    double beta2 = step.beta2();
    double correction1 = 1 - StrictMath.pow(beta1, step.number());
    double correction2 = 1 - StrictMath.pow(beta2, step.number());
    Coordinates.forEach(
        parameter.shape(),
        at -> {
          double g = scale * gradient.real(at);
          double m = beta1 * mean.real(at) + (1 - beta1) * g;
          double v = beta2 * square.real(at) + (1 - beta2) * g * g;
          double move = m / correction1 / (Math.sqrt(v / correction2) + step.eps());
          double decayed = parameter.real(at) * (1 - step.learningRate() * weightDecay);
          mean.set(m, at);
          square.set(v, at);
          parameter.set(decayed - step.learningRate() * move, at);
        });
  }
}
