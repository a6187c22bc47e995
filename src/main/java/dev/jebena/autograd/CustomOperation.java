package dev.jebena.autograd;

import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;

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
 * so by {@link #onceDifferentiable}. An operation with several results is a {@link JointOperation}.
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
    var rule = new CustomRule(name(), onceDifferentiable(), inputs);
    var saved = rule.saved();
    var made = Tensor.noGrad(() -> forward(saved, inputs));
    return Tape.record(
        name(),
        rule.withoutHistory(made)[0],
        gradient -> rule.checked(() -> backward(saved, gradient)),
        inputs);
  }
}
