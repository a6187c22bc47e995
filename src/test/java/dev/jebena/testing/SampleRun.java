package dev.jebena.testing;

import dev.jebena.autograd.GradientCheck;
import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What one sample of the operation table gave somewhere.
 *
 * @param output of the operation
 * @param gradients of {@link GradientCheck#weighted} with respect to each input, null where there
 *     is none
 */
public record SampleRun(Tensor output, List<Tensor> gradients) {
  /** Applies an operation to a sample on a device. */
  public static SampleRun of(Operation op, Operation.Sample sample, Device device, DType dtype) {
    return of(op, sample, device, dtype, dtype);
  }

  /**
   * Applies an operation to what a sample's inputs are in the type {@code held}, computing in
   * {@code dtype}, which is wider.
   */
  public static SampleRun of(
      Operation op, Operation.Sample sample, Device device, DType dtype, DType held) {
    return Context.current()
        .withDevice(device)
        .call(() -> {
          var inputs = SampleInputs.make(sample, device, dtype, held);
          if (op.differentiable()) {
            for (int i = 0; i < inputs.length; i++) {
              if (sample.inputs().get(i).dtype() == null && dtype.isFloat()) {
                inputs[i].requiresGrad(true);
              }
            }
          }
          Tensor output;
          try (var scope = Scope.open()) {
            var out = op.apply().apply(inputs, sample.attributes());
            output = out.detach().keep(scope);
            if (op.differentiable() && out.requiresGrad()) {
              weighted(out, held).backward();
            }
          }
          var gradients = new ArrayList<Tensor>();
          for (var input : inputs) {
            gradients.add(input.grad());
          }
          return new SampleRun(output, gradients);
        });
  }

  /** {@link GradientCheck#weighted}, with weights as the narrower type has them. */
  private static Tensor weighted(Tensor y, DType held) {
    if (y.dtype() == held || !held.isFloat()) {
      return GradientCheck.weighted(y);
    }
    var ones = Tensor.full(y.device(), y.dtype(), y.shape(), 1).requiresGrad(true);
    GradientCheck.weighted(ones).backward();
    return y.mul(ones.grad().to(held).to(y.dtype())).sum();
  }
}
