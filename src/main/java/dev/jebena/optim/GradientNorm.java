package dev.jebena.optim;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SquaresKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;

/** The length of all gradients taken as one vector, for clipping (Pascanu et al., 2013). */
public final class GradientNorm {
  private GradientNorm() {}

  /** {@code √ Σ g²} over the gradients of all parameters that have one, in one pass. */
  public static double of(Collection<Tensor> parameters) {
    return Tensor.noGrad(() -> {
      try (var _ = Scope.open()) {
        return Math.sqrt(squares(parameters).item());
      }
    });
  }

  /**
   * {@code Σ g²} over the gradients of all parameters that have one, a scalar of f64 (f32 where a
   * device has no f64) that is not waited for.
   */
  public static Tensor squares(Collection<Tensor> parameters) {
    return Tensor.noGrad(() -> {
      var parts = new ArrayList<Tensor>();
      var together = new LinkedHashMap<Device, List<Tensor>>();
      for (var parameter : parameters) {
        var gradient = parameter.grad();
        if (gradient == null) {
          continue;
        }
        var device = gradient.device();
        if (gradient.dtype() == DType.F32 && device.fused(SquaresKernel.class).isPresent()) {
          together.computeIfAbsent(device, d -> new ArrayList<>()).add(gradient.contiguous());
        } else {
          parts.add(gradient.square().sum());
        }
      }
      together.forEach((device, gradients) -> parts.add(squares(device, gradients)));
      return sum(parts);
    });
  }

  private static Tensor sum(List<Tensor> parts) {
    if (parts.isEmpty()) {
      return Tensor.zeros();
    }
    var device = parts.getFirst().device();
    var wide = GradientScale.widest(device);
    return parts.stream().map(part -> part.to(device).to(wide)).reduce(Tensor::add).orElseThrow();
  }

  private static Tensor squares(Device device, List<Tensor> gradients) {
    var sum = Tensor.empty(device, GradientScale.widest(device), Shape.of());
    device
        .fused(SquaresKernel.class)
        .orElseThrow()
        .sum(gradients.stream().map(Tensor::operand).toArray(Operand[]::new), sum.operand());
    Reference.reachabilityFence(gradients);
    return sum;
  }

  /** What to multiply gradients of that norm by, so that it does not exceed {@code limit}. */
  public static double clipFactor(double norm, double limit) {
    return norm > limit ? limit / norm : 1;
  }

  /**
   * The same of {@link #squares}, computed where that is: {@code min(1, limit / √squares)}, for
   * {@link Optimizer#step(double, Tensor)}. 1 for gradients that are not numbers.
   */
  public static Tensor clipFactor(Tensor squares, double limit) {
    return Tensor.noGrad(() -> {
      var norm = squares.detach().sqrt();
      var one = Tensor.onesLike(norm);
      return Tensor.where(norm.gt(limit), one.mul(limit).div(norm), one);
    });
  }
}
