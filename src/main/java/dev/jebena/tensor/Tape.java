package dev.jebena.tensor;

import dev.jebena.memory.Scope;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.function.Supplier;

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
    /**
     * From the gradient of the result to those of the inputs, in order; null where one needs none.
     */
    Tensor[] apply(Tensor gradient);
  }

  /**
   * A rule that can add another gradient of its first input in the same pass, where one has arrived
   * from elsewhere already: the residual stream around a norm, for example.
   */
  @FunctionalInterface
  public interface AddingRule extends Rule {
    /**
     * As {@link Rule#apply}, and what is returned for the first input has {@code further} added.
     *
     * @param further of the first input's shape, not to be written to; or null
     */
    Tensor[] apply(Tensor gradient, Tensor further);

    @Override
    default Tensor[] apply(Tensor gradient) {
      return apply(gradient, null);
    }
  }

  /** {@link #record(String, Tensor, Rule, Tensor...)} with a rule that adds. */
  public static Tensor record(String name, Tensor out, AddingRule rule, Tensor... inputs) {
    return record(name, out, (Rule) rule, inputs);
  }

  /**
   * Remembers that {@code out} was made from {@code inputs}, if gradients are recorded and one of
   * the inputs wants one.
   *
   * @param name of the operation, for error messages
   * @return {@code out}
   */
  public static Tensor record(String name, Tensor out, Rule rule, Tensor... inputs) {
    if (Context.current().detectsAnomalies()) {
      AnomalyInspection.forward(name, out, inputs);
    }
    if (isNeeded(inputs)) {
      var node = new Node(name, out.shape(), rule, inputs);
      node.produced(out.storage(), inputs);
      out.madeBy(node);
    }
    return out;
  }

  /** As {@link Rule}, of an operation with several results. */
  @FunctionalInterface
  public interface JointRule {
    /**
     * From the gradients of the results, in order, to those of the inputs. The gradient of a result
     * that nothing depends on is 0, of one that is not made of floating numbers null.
     */
    Tensor[] apply(Tensor... gradients);
  }

  /**
   * Remembers that all of {@code outs} were made from {@code inputs} together, as {@link #record}
   * does for one. The rule runs once, when the gradients of all have arrived.
   *
   * @return {@code outs}
   */
  public static Tensor[] recordAll(String name, Tensor[] outs, JointRule rule, Tensor... inputs) {
    if (Context.current().detectsAnomalies()) {
      for (var out : outs) {
        AnomalyInspection.forward(name, out, inputs);
      }
    }
    if (isNeeded(inputs)) {
      JointResults.record(name, outs, rule, inputs);
    }
    return outs;
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

  /**
   * A tensor that an operation made while it ran forward, handed to its gradient rule as if the
   * rule had made it: what the rule returns may then become somebody's gradient without a copy.
   * Nothing else may read it, now or later.
   */
  public static Tensor handedOver(Tensor made) {
    var scope = Scope.current();
    if (scope != null) {
      made.storage().moveTo(scope);
    }
    return made;
  }

  /**
   * Gradients of outputs without touching the {@link Tensor#grad} of any leaf; {@code
   * autograd.Autograd} is the door to this.
   *
   * @param gradients one an output, of its shape
   * @return one an input, null where the outputs do not depend on it
   */
  public static Tensor[] differentiate(
      Tensor[] outputs,
      Tensor[] gradients,
      Tensor[] inputs,
      boolean retainGraph,
      boolean differentiable) {
    var targets = Arrays.stream(inputs).map(input -> Edge.to(input).target()).toList();
    return Context.current()
        .withGradients(differentiable)
        .call(() -> {
          var found =
              new BackwardPass(retainGraph, differentiable)
                  .capture(outputs, gradients, targets, false);
          return targets.stream().map(found::get).toArray(Tensor[]::new);
        });
  }

  /**
   * The result of {@code f}, whose intermediate values are forgotten and computed again when its
   * gradient is needed; {@code autograd.Checkpointing} is the door to this.
   *
   * @param keeps names of operations whose results are kept all the same
   */
  public static Tensor recomputed(Supplier<Tensor> f, Predicate<String> keeps) {
    return Recomputation.of(f, keeps);
  }

  /**
   * The forward computation of an operation whose results activation checkpointing may keep.
   *
   * @param operation the name that a policy sees
   * @param forward computes results, outside of the graph
   * @return what {@code forward} gave, now or when it ran the first time
   */
  public static Tensor[] computed(String operation, Supplier<Tensor[]> forward) {
    var kept = Context.current().keptResults();
    return kept == null ? forward.get() : kept.results(operation, forward);
  }

  /** The recorded graph behind a tensor, for pictures of it. */
  public static RecordedGraph graph(Tensor root) {
    return RecordedGraph.of(root);
  }
}
