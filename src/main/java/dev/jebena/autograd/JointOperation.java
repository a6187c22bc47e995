package dev.jebena.autograd;

import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;

/**
 * A {@link CustomOperation} with several results:
 *
 * <pre>{@code
 * record Polar() implements JointOperation {
 *   public Tensor[] forward(Saved saved, Tensor... x) {
 *     saved.save(x[0], x[1]);
 *     return new Tensor[] {x[0].mul(x[1].cos()), x[0].mul(x[1].sin())};
 *   }
 *
 *   public Tensor[] backward(Saved saved, Tensor... g) {
 *     var radius = saved.get(0);
 *     var cos = saved.get(1).cos();
 *     var sin = saved.get(1).sin();
 *     return new Tensor[] {
 *       g[0].mul(cos).add(g[1].mul(sin)), g[1].mul(cos).sub(g[0].mul(sin)).mul(radius)
 *     };
 *   }
 * }
 *
 * Tensor[] y = new Polar().apply(radius, angle);
 * }</pre>
 */
public interface JointOperation {
  /** For error messages and pictures; the class's name unless overridden. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** Computes the results, of any shapes and types; nothing in here is recorded. */
  Tensor[] forward(Saved saved, Tensor... inputs);

  /**
   * The gradients of the inputs from those of the results.
   *
   * @param gradients one a result, of its shape and type: zeros where nothing depends on it, null
   *     where it is not made of floating numbers
   * @return one an input, of its shape; null where there is none
   */
  Tensor[] backward(Saved saved, Tensor... gradients);

  /** Whether gradients of gradients must be refused because backward cannot be recorded. */
  default boolean onceDifferentiable() {
    return false;
  }

  /**
   * Runs forward and records backward, which runs once for all results.
   *
   * @throws IllegalStateException in a backward pass that is to be differentiated again, where the
   *     operation is {@link #onceDifferentiable}
   * @throws ShapeException in a backward pass, where a gradient does not have its input's shape
   */
  default Tensor[] apply(Tensor... inputs) {
    var rule = new CustomRule(name(), onceDifferentiable(), inputs);
    var saved = rule.saved();
    var made = Tensor.noGrad(() -> forward(saved, inputs));
    return Tape.recordAll(
        name(),
        rule.withoutHistory(made),
        gradients -> rule.checked(() -> backward(saved, gradients)),
        inputs);
  }
}
