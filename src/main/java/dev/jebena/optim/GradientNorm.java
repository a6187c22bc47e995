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
        double sum = 0;
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
            sum += gradient.square().sum().item();
          }
        }
        for (var batch : together.entrySet()) {
          sum += squares(batch.getKey(), batch.getValue());
        }
        return Math.sqrt(sum);
      }
    });
  }

  private static double squares(Device device, List<Tensor> gradients) {
    var sum = Tensor.empty(device, DType.F64, Shape.of());
    device
        .fused(SquaresKernel.class)
        .orElseThrow()
        .sum(gradients.stream().map(Tensor::operand).toArray(Operand[]::new), sum.operand());
    Reference.reachabilityFence(gradients);
    return sum.item();
  }

  /** What to multiply gradients of that norm by, so that it does not exceed {@code limit}. */
  public static double clipFactor(double norm, double limit) {
    return norm > limit ? limit / norm : 1;
  }
}
