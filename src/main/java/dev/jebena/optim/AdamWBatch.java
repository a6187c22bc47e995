package dev.jebena.optim;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** The parameters of one device, for one call of its kernel. */
final class AdamWBatch {
  private final AdamWKernel kernel;
  private final List<Operand> parameters = new ArrayList<>();
  private final List<Tensor> gradients = new ArrayList<>();
  private final List<Operand> means = new ArrayList<>();
  private final List<Operand> squares = new ArrayList<>();
  private final List<Double> weightDecays = new ArrayList<>();

  AdamWBatch(AdamWKernel kernel) {
    this.kernel = kernel;
  }

  /** Parameter and moments are f32 and contiguous, and live as long as the optimiser. */
  void add(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, double weightDecay) {
    gradients.add(gradient.contiguous());
    parameters.add(parameter.writable("adamW"));
    means.add(mean.writable("adamW"));
    squares.add(square.writable("adamW"));
    weightDecays.add(weightDecay);
  }

  void update(AdamWKernel.Step step, Tensor gradientScale) {
    kernel.update(
        parameters.toArray(Operand[]::new),
        gradients.stream().map(Tensor::operand).toArray(Operand[]::new),
        means.toArray(Operand[]::new),
        squares.toArray(Operand[]::new),
        weightDecays.stream().mapToDouble(d -> d).toArray(),
        step,
        gradientScale.operand());
    Reference.reachabilityFence(gradients);
    Reference.reachabilityFence(gradientScale);
  }
}
