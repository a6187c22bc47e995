package dev.jebena.autograd;

import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.util.List;

/**
 * An operation with a gradient of its own, in one small class. Arguments that are no tensors are
 * fields:
 *
 * <pre>{@code
 * record Cube(double scale) implements CustomOperation {
 *   public Tensor forward(Saved saved, Tensor... x) {
 *     saved.save(x[0]);
 *     return x[0].pow(3).mul(scale);
 *   }
 *
 *   public Tensor[] backward(Saved saved, Tensor gradient) {
 *     return new Tensor[] {gradient.mul(saved.get(0).square()).mul(3 * scale)};
 *   }
 * }
 *
 * var y = new Cube(2).apply(x);
 * }</pre>
 *
 * <p>A backward that is made of tensor operations can be differentiated again; one that is not says
 * so by {@link #onceDifferentiable}.
 */
public interface CustomOperation {
  /** For error messages and pictures; the class's name unless overridden. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** Computes the output; nothing in here is recorded. */
  Tensor forward(Saved saved, Tensor... inputs);

  /**
   * The gradients of the inputs from the gradient of the output.
   *
   * @return one an input, of its shape; null where there is none
   */
  Tensor[] backward(Saved saved, Tensor gradient);

  /** Whether gradients of gradients must be refused because backward cannot be recorded. */
  default boolean onceDifferentiable() {
    return false;
  }

  /**
   * Runs forward and records backward.
   *
   * @throws IllegalStateException in a backward pass that is to be differentiated again, where the
   *     operation is {@link #onceDifferentiable}
   * @throws ShapeException in a backward pass, where a gradient does not have its input's shape
   */
  default Tensor apply(Tensor... inputs) {
    var needs = new boolean[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      needs[i] = inputs[i].requiresGrad();
    }
    var saved = new Saved(needs);
    var made = Tensor.noGrad(() -> forward(saved, inputs));
    boolean passedOn = made.requiresGrad() || List.of(inputs).contains(made);
    // the output gets a history of its own, so it must not be a tensor that has one
    var out = passedOn ? Tensor.noGrad(() -> made.detach().reshape(made.shape().toArray())) : made;
    return Tape.record(
        name(),
        out,
        gradient -> {
          if (onceDifferentiable() && Context.current().recordsGradients()) {
            throw new IllegalStateException(
                "backward of "
                    + name()
                    + ": it says that it is differentiable once; gradients of its gradients are"
                    + " not available");
          }
          var gradients = backward(saved, gradient);
          checkShapes(inputs, gradients);
          return gradients;
        },
        inputs);
  }

  private void checkShapes(Tensor[] inputs, Tensor... gradients) {
    for (int i = 0; i < Math.min(inputs.length, gradients.length); i++) {
      if (gradients[i] != null && !gradients[i].shape().equals(inputs[i].shape())) {
        throw new ShapeException(
            "backward of "
                + name()
                + ": gradient "
                + i
                + " has shape "
                + gradients[i].shape()
                + ", its input "
                + inputs[i].shape());
      }
    }
  }
}
