package dev.jebena.autograd;

import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.util.function.Supplier;

/** What is the same for user-defined operations with one result and with several. */
record CustomRule(String name, boolean once, Tensor... inputs) {
  /** Where forward leaves what backward needs. */
  Saved saved() {
    var needs = new boolean[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      needs[i] = inputs[i].requiresGrad();
    }
    return new Saved(needs);
  }

  /**
   * Results that can be given a history of their own: views of those that have one, are inputs, or
   * stand there twice.
   */
  Tensor[] withoutHistory(Tensor... made) {
    var results = made.clone();
    for (int i = 0; i < results.length; i++) {
      if (made[i].requiresGrad()
          || isAmong(made[i], inputs.length, inputs)
          || isAmong(made[i], i, made)) {
        var one = made[i];
        results[i] = Tensor.noGrad(() -> one.detach().reshape(one.shape().toArray()));
      }
    }
    return results;
  }

  private static boolean isAmong(Tensor one, int count, Tensor... tensors) {
    for (int i = 0; i < count; i++) {
      if (tensors[i] == one) {
        return true;
      }
    }
    return false;
  }

  /** The gradients that a backward gives, if it may be called and their shapes are right. */
  Tensor[] checked(Supplier<Tensor[]> backward) {
    if (once && Context.current().recordsGradients()) {
      throw new IllegalStateException(
          "backward of "
              + name
              + ": it says that it is differentiable once; gradients of its gradients are not"
              + " available");
    }
    var gradients = backward.get();
    for (int i = 0; i < Math.min(inputs.length, gradients.length); i++) {
      if (gradients[i] != null && !gradients[i].shape().equals(inputs[i].shape())) {
        throw new ShapeException(
            "backward of "
                + name
                + ": gradient "
                + i
                + " has shape "
                + gradients[i].shape()
                + ", its input "
                + inputs[i].shape());
      }
    }
    return gradients;
  }
}
