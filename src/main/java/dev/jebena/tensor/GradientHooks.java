package dev.jebena.tensor;

import dev.jebena.memory.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** What is to happen with the gradients of one tensor besides going on. */
final class GradientHooks {
  private final List<UnaryOperator<Tensor>> changes = new ArrayList<>();
  private final List<Consumer<Tensor>> afterwards = new ArrayList<>();
  private Tensor retained;

  /** Adds a look at, or change of, a gradient before it goes on. */
  Hook add(UnaryOperator<Tensor> change) {
    UnaryOperator<Tensor> own = change::apply; // so that one action can be added twice
    changes.add(own);
    return () -> changes.remove(own);
  }

  /** Adds an action that runs when a leaf's gradient is complete. */
  Hook addAfter(Consumer<Tensor> action) {
    Consumer<Tensor> own = action::accept;
    afterwards.add(own);
    return () -> afterwards.remove(own);
  }

  /** Lets {@code tensor}, which is no leaf, keep its gradient. */
  void retain(Tensor tensor) {
    retained = tensor;
  }

  /** The tensor that keeps its gradient although it is no leaf, or null. */
  Tensor retained() {
    return retained;
  }

  /** The gradient after all changes. */
  Tensor changed(Tensor gradient) {
    var now = gradient;
    for (var change : List.copyOf(changes)) {
      var other = change.apply(now);
      if (other == null) {
        continue;
      }
      if (!other.shape().equals(now.shape()) || other.dtype() != now.dtype()) {
        throw new ShapeException(
            "onGradient: a gradient of "
                + now.dtype()
                + " "
                + now.shape()
                + " was replaced by "
                + other.dtype()
                + " "
                + other.shape()
                + "; both must agree");
      }
      now = other;
    }
    return now;
  }

  /** Tells that {@code leaf} has its gradient of this pass. */
  void complete(Tensor leaf) {
    List.copyOf(afterwards).forEach(action -> action.accept(leaf));
  }
}
