package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;

/**
 * Records an operation with several results. Each floating one gets a node of its own, and behind
 * these stands one node for the operation, whose gradient is theirs one behind the other: so it
 * still has one gradient, which is complete when the last has arrived, and 0 where none did.
 */
final class JointResults {
  private final Shape[] shapes;
  private final DType[] dtypes;

  /** Where the gradient of each result begins; equal to the next where it has none. */
  private final long[] starts;

  /** What holds the gradients of all. */
  private DType wide;

  private JointResults(Tensor... results) {
    shapes = new Shape[results.length];
    dtypes = new DType[results.length];
    starts = new long[results.length + 1];
    for (int i = 0; i < results.length; i++) {
      shapes[i] = results[i].shape();
      dtypes[i] = results[i].dtype();
      boolean real = dtypes[i].isFloat();
      if (real) {
        wide = wide == null ? dtypes[i] : DType.promote(wide, dtypes[i]);
      }
      starts[i + 1] = starts[i] + (real ? results[i].elements() : 0);
    }
  }

  /** See {@link Tape#recordAll}. */
  static void record(String name, Tensor[] results, Tape.JointRule rule, Tensor... inputs) {
    var joint = new JointResults(results);
    if (joint.wide == null) {
      return;
    }
    var operation =
        new Node(
            name,
            Shape.of(joint.starts[results.length]),
            gradient -> rule.apply(joint.parts(gradient)),
            inputs);
    for (int i = 0; i < results.length; i++) {
      if (results[i].dtype().isFloat()) {
        int place = i;
        results[i].madeBy(
            new Node(
                name + "[" + i + "]",
                results[i].shape(),
                gradient -> gradients(joint.placed(gradient, place)),
                operation.time(),
                new Edge(operation, null)));
      }
    }
  }

  /** The gradient of one result among zeros for the others. */
  private Tensor placed(Tensor gradient, int i) {
    long after = starts[starts.length - 1] - starts[i + 1];
    return gradient.to(wide).reshape(-1).pad(0, starts[i], after);
  }

  /** The gradient of each result; null for those that are no floating numbers. */
  private Tensor[] parts(Tensor gradient) {
    var parts = new Tensor[shapes.length];
    for (int i = 0; i < parts.length; i++) {
      if (dtypes[i].isFloat()) {
        parts[i] =
            gradient.slice(0, starts[i], starts[i + 1]).reshape(shapes[i].toArray()).to(dtypes[i]);
      }
    }
    return parts;
  }
}
