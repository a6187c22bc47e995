package dev.jebena.tensor;

/**
 * Remembers how tensors were made. There is no list: the graph hangs off the tensors, each knowing
 * the {@link Node} that made it, and disappears with them.
 */
public final class Tape {
  private Tape() {}

  /**
   * The gradient rule of one operation: from the gradient of the output to the gradients of the
   * inputs, in their order and shapes, null where there is none. It is itself written in tensor
   * operations.
   */
  @FunctionalInterface
  public interface Rule {
    Tensor[] apply(Tensor gradient);
  }

  /**
   * Remembers that {@code out} was made from {@code inputs}, if gradients are recorded and one of
   * the inputs wants one.
   *
   * @param name of the operation, for error messages
   * @return {@code out}
   */
  public static Tensor record(String name, Tensor out, Rule rule, Tensor... inputs) {
    if (isNeeded(inputs)) {
      out.madeBy(new Node(name, rule, inputs));
    }
    return out;
  }

  /** Whether an operation over {@code inputs} would be recorded now. */
  public static boolean isNeeded(Tensor... inputs) {
    if (!Context.current().recordsGradients()) {
      return false;
    }
    for (var input : inputs) {
      if (input.requiresGrad()) {
        return true;
      }
    }
    return false;
  }

  /** The gradients of one, two or more inputs. */
  public static Tensor[] gradients(Tensor... gradients) {
    return gradients;
  }
}
