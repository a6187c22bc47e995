package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AdamWKernel;

/** Host side of AdamW in {@code optimizer.cl}: a launch a parameter. */
final class ClAdamW implements AdamWKernel {
  private final Engine engine;

  ClAdamW(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void update(
      Operand[] parameters,
      Operand[] gradients,
      Operand[] means,
      Operand[] squares,
      double[] weightDecays,
      Step step,
      Operand gradientScale) {
    for (int i = 0; i < parameters.length; i++) {
      long n = parameters[i].elements();
      if (n == 0) {
        continue;
      }
      long units = (n + engine.width() - 1) / engine.width();
      int count = engine.unitsOfItem(units);
      engine
          .launch("optimizer", engine.rowMacros(), "adamw")
          .operand(parameters[i])
          .operand(gradients[i])
          .operand(means[i])
          .operand(squares[i])
          .integers(Math.toIntExact(n))
          .integers(count)
          .operand(gradientScale)
          .real((float) step.beta1())
          .real((float) step.beta2())
          .real((float) step.eps())
          .real((float) (1 - step.learningRate() * weightDecays[i]))
          .real((float) step.learningRate())
          .real((float) (1 - Math.pow(step.beta1(), step.number())))
          .real((float) (1 - Math.pow(step.beta2(), step.number())))
          .run((units + count - 1) / count, engine.group());
    }
  }
}
