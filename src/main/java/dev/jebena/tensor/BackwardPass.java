package dev.jebena.tensor;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.memory.Scope;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation of one graph: counts how many gradients each node will receive, then
 * visits a node when the last has arrived. No recursion, each node once, whatever the graph's
 * shape.
 *
 * <p>Gradients end in the {@link Tensor#grad} of leaves, or, where targets are asked for, in a map;
 * then only the nodes on the way to a target run.
 */
final class BackwardPass {
  private final boolean retainGraph;
  private final boolean differentiable;
  private final ArrayDeque<Object> ready = new ArrayDeque<>();
  private Reach reach;
  private final HeldGradients held = new HeldGradients();
  private Map<Object, Tensor> captured;

  /** Results that are not to be freed; null where none is. */
  private Set<Storage> spared;

  /**
   * @param retainGraph keeps the rules for a second pass
   * @param differentiable records the pass itself, for gradients of gradients
   */
  BackwardPass(boolean retainGraph, boolean differentiable) {
    this.retainGraph = retainGraph;
    this.differentiable = differentiable;
  }

  /** Sends gradients back from all roots to every leaf that wants one. */
  void run(Tensor[] roots, Tensor[] gradients) {
    reach = Reach.everything(targets(roots));
    Region.run("backward", () -> go(roots, gradients));
  }

  /**
   * The same, and frees the memory of each result once the rules of all that was made from it have
   * run, and its own.
   */
  void freeingResults(Tensor[] roots, Tensor[] gradients) {
    spared = Collections.newSetFromMap(new IdentityHashMap<>());
    for (var root : roots) {
      spared.add(root.storage());
    }
    run(roots, gradients);
  }

  /**
   * The gradients that arrive at targets, without touching any leaf.
   *
   * @param targets nodes and leaves, see {@link Edge#target}
   * @param border whether graph and gradients end at targets; otherwise they go through them to
   *     others behind
   * @return by identity; a target that nothing reached is missing
   */
  Map<Object, Tensor> capture(
      Tensor[] roots, Tensor[] gradients, Iterable<?> targets, boolean border) {
    captured = new IdentityHashMap<>();
    reach = Reach.of(targets(roots), targets, border);
    Region.run("backward", () -> go(roots, gradients));
    return captured;
  }

  private static Object[] targets(Tensor[] roots) {
    return Arrays.stream(roots).map(root -> Edge.to(root).target()).toArray();
  }

  private void go(Tensor[] roots, Tensor[] gradients) {
    for (int i = 0; i < roots.length; i++) {
      // as PyTorch does: rules and leaves rely on a gradient of their tensor's type
      var given = gradients[i].to(roots[i].dtype());
      // a gradient from outside that was written in place must not look like a stale saved value
      var gradient = given.storage().wasOverwritten() ? given.copy() : given;
      var edge = Edge.to(roots[i]);
      var waiting = reach.waiting(edge.target());
      if (waiting != null) {
        add(waiting, gradient);
      } else if (edge.leaf() != null && captured == null) {
        accumulate(edge.leaf(), gradient);
      }
    }
    for (var root : targets(roots)) {
      var waiting = reach.waiting(root);
      if (waiting != null && waiting.missing == 0 && !waiting.queued) {
        waiting.queued = true;
        ready.push(root);
      }
    }
    while (!ready.isEmpty()) {
      var next = ready.pop();
      var arrived = reach.take(next);
      if (next instanceof Node node) {
        visit(node, arrived);
      } else if (arrived.gradient != null) {
        arriveAtLeaf((Tensor) next, arrived);
      }
    }
  }

  private void arriveAtLeaf(Tensor leaf, Reach.Waiting arrived) {
    var hooks = reach.isBorder(leaf) ? null : leaf.hooks();
    held.giveAway(arrived.gradient);
    var gradient = hooks == null ? arrived.gradient : hooks.changed(arrived.gradient);
    if (captured != null) {
      captured.put(leaf, gradient);
      return;
    }
    accumulate(leaf, gradient);
    if (hooks != null) {
      hooks.complete(leaf);
    }
  }

  private void visit(Node node, Reach.Waiting arrived) {
    if (arrived.gradient != null) {
      arriveAtNode(node, arrived);
    }
    if (!arrived.runs) {
      return;
    }
    var gradient = arrived.gradient;
    if (gradient != null) {
      var first = waitingAtFirst(node);
      var gradients = apply(node, gradient, first == null ? null : first.gradient);
      if (first != null && gradients[0] != null) {
        replace(first, gradients[0]);
        gradients[0] = null;
      }
      distribute(node, gradients);
      held.letGo(gradient);
    } else {
      for (var edge : node.edges()) {
        var waiting = edge == null ? null : reach.waiting(edge.target());
        if (waiting != null) {
          send(edge.target(), waiting, null);
        }
      }
    }
    if (!retainGraph) {
      node.free();
    }
    if (spared != null && node.output() != null) {
      freeResult(node.output());
    }
  }

  private void freeResult(Storage result) {
    if (!spared.contains(result) && !result.isDetached()) {
      if (result.scope() != null) {
        result.scope().forget(result);
      }
      result.freedByBackward();
      result.release();
    }
  }

  /**
   * Where a gradient that arrived at a node's first input may be added by the node's rule; null
   * where none has arrived, or the rule does not add. Under anomaly detection each gradient stays
   * by itself, so that blame does too.
   */
  private Reach.Waiting waitingAtFirst(Node node) {
    if (differentiable
        || !node.addsToFirst()
        || node.edges()[0] == null
        || Context.current().detectsAnomalies()) {
      return null;
    }
    var waiting = reach.waiting(node.edges()[0].target());
    return waiting == null || waiting.gradient == null ? null : waiting;
  }

  /** Puts a sum in the place of what waited and is part of it. */
  private void replace(Reach.Waiting waiting, Tensor sum) {
    held.hold(sum);
    held.letGo(waiting.gradient);
    waiting.gradient = sum;
  }

  /** Hooks see a gradient, a non-leaf that retains its gradient takes it, a target captures it. */
  private void arriveAtNode(Node node, Reach.Waiting arrived) {
    var hooks = reach.isBorder(node) ? null : node.hooks();
    if (hooks != null) {
      held.giveAway(arrived.gradient);
      arrived.gradient = hooks.changed(arrived.gradient);
      if (hooks.retained() != null && captured == null) {
        accumulate(hooks.retained(), arrived.gradient);
      }
    }
    if (reach.isTarget(node)) {
      captured.put(node, arrived.gradient);
      held.giveAway(arrived.gradient);
    }
  }

  /** Applies a rule. Whatever it makes on its way is freed at once; its results move out. */
  private Tensor[] apply(Node node, Tensor gradient, Tensor further) {
    if (differentiable) {
      return inspected(node, gradient, rule(node, gradient, further));
    }
    try (var scope = Scope.open()) {
      var gradients = inspected(node, gradient, rule(node, gradient, further));
      for (int i = 0; i < gradients.length; i++) {
        if (gradients[i] != null && node.edges()[i] != null) {
          var storage = gradients[i].storage();
          if (storage.scope() == scope) {
            held.made(storage);
            scope.keep(storage);
          } else if (spared != null) {
            spared.add(storage); // a rule may hand on a value that forward made
          }
        }
      }
      return gradients;
    }
  }

  private static Tensor[] rule(Node node, Tensor gradient, Tensor further) {
    return Region.isObserved()
        ? Region.call(node.name(), () -> node.apply(gradient, further))
        : node.apply(gradient, further);
  }

  private static Tensor[] inspected(Node node, Tensor gradient, Tensor[] gradients) {
    if (Context.current().detectsAnomalies()) {
      AnomalyInspection.backward(node, gradient, gradients);
    }
    return gradients;
  }

  /** Sums are made here, outside of the rule's scope: they wait for other nodes. */
  private void distribute(Node node, Tensor[] gradients) {
    var edges = node.edges();
    for (int i = 0; i < edges.length; i++) {
      if (edges[i] != null && gradients[i] != null) {
        held.hold(gradients[i]);
      }
    }
    for (int i = 0; i < edges.length; i++) {
      if (edges[i] == null) {
        continue;
      }
      var waiting = reach.waiting(edges[i].target());
      if (waiting != null) {
        send(edges[i].target(), waiting, gradients[i]);
      } else if (gradients[i] != null && captured == null) {
        accumulate(edges[i].leaf(), gradients[i]);
      }
    }
    for (int i = 0; i < edges.length; i++) {
      if (edges[i] != null && gradients[i] != null) {
        held.letGo(gradients[i]);
      }
    }
  }

  private void send(Object target, Reach.Waiting waiting, Tensor gradient) {
    if (gradient != null) {
      add(waiting, gradient);
    }
    if (--waiting.missing == 0) {
      waiting.queued = true;
      ready.push(target);
    }
  }

  private void add(Reach.Waiting waiting, Tensor gradient) {
    if (waiting.gradient == null) {
      waiting.gradient = gradient;
      held.hold(gradient);
    } else if (held.isAlone(waiting.gradient)) {
      // made in this pass: nothing recorded before can have read it, so no version is counted
      Dispatch.binary(BinaryOp.ADD, waiting.gradient, gradient, waiting.gradient);
    } else {
      var sum = waiting.gradient.add(gradient);
      held.letGo(waiting.gradient);
      waiting.gradient = sum;
      if (!differentiable) {
        held.made(sum.storage());
        held.hold(sum);
      }
    }
  }

  /** Adds to a tensor's gradient, which lives in that tensor's own scope. */
  private void accumulate(Tensor leaf, Tensor gradient) {
    if (!gradient.shape().equals(leaf.shape())) {
      throw new IllegalStateException(
          "backward: a gradient of shape "
              + gradient.shape()
              + " arrived at a leaf of shape "
              + leaf.shape());
    }
    if (differentiable) {
      leaf.setGrad(leaf.grad() == null ? gradient : leaf.grad().add(gradient));
    } else if (leaf.grad() != null) {
      leaf.grad().addInPlace(gradient);
    } else if (held.isAlone(gradient)) {
      held.giveAway(gradient);
      leaf.setGrad(gradient);
      leaf.grad().storage().moveTo(leaf.storage().scope());
    } else {
      leaf.setGrad(gradient.copy());
      leaf.grad().storage().moveTo(leaf.storage().scope());
    }
  }
}
