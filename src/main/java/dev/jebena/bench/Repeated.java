package dev.jebena.bench;

import dev.jebena.memory.Scope;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.util.List;

/** An operation on given tensors, again and again, on the context's device. */
final class Repeated implements Contender {
  private final List<Tensor> inputs;
  private final boolean gradients;
  private final Runnable operation;

  /**
   * @param inputs released when this is closed
   * @param gradients whether operations are recorded
   * @param operation what it makes is freed after each call
   */
  Repeated(List<Tensor> inputs, boolean gradients, Runnable operation) {
    this.inputs = inputs;
    this.gradients = gradients;
    this.operation = operation;
  }

  @Override
  public double run(int times) {
    var context = Context.current().withGradients(gradients);
    return context.call(() -> {
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        try (var _ = Scope.open()) {
          operation.run();
        }
      }
      context.device().synchronize();
      return (System.nanoTime() - start) / 1e9;
    });
  }

  @Override
  public void close() {
    inputs.forEach(Tensor::release);
  }
}
