package dev.jebena.optim;

import dev.jebena.memory.Scope;
import dev.jebena.tensor.Tensor;
import java.util.Collection;

/** The length of all gradients taken as one vector, for clipping (Pascanu et al., 2013). */
public final class GradientNorm {
  private GradientNorm() {}

  /** {@code √ Σ g²} over the gradients of all parameters that have one. */
  public static double of(Collection<Tensor> parameters) {
    return Tensor.noGrad(() -> {
      double sum = 0;
      for (var parameter : parameters) {
        if (parameter.grad() != null) {
          try (var _ = Scope.open()) {
            sum += parameter.grad().square().sum().item();
          }
        }
      }
      return Math.sqrt(sum);
    });
  }

  /** What to multiply gradients of that norm by, so that it does not exceed {@code limit}. */
  public static double clipFactor(double norm, double limit) {
    return norm > limit ? limit / norm : 1;
  }
}
