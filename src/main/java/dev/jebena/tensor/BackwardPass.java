package dev.jebena.tensor;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.memory.Scope;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

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
  private Map<Object, Tensor> captured;

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
      // a gradient from outside that was written in place must not look like a stale saved value
      var gradient = gradients[i].storage().wasOverwritten() ? gradients[i].copy() : gradients[i];
      var edge = Edge.to(roots[i]);
      var waiting = reach.waiting(edge.target());
      if (waiting != null) {
        add(waiting, gradient, false);
      } else if (edge.leaf() != null && captured == null) {
        accumulate(edge.leaf(), gradient, false);
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
    var gradient = hooks == null ? arrived.gradient : hooks.changed(arrived.gradient);
    if (captured != null) {
      captured.put(leaf, gradient);
      return;
    }
    accumulate(leaf, gradient, false);
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
      var given = apply(node, gradient);
      distribute(node, given);
      if (arrived.owned && !given.contains(gradient)) {
        gradient.releaseIfOnlyView();
      }
    } else {
      for (var edge : node.edges()) {
        var waiting = edge == null ? null : reach.waiting(edge.target());
        if (waiting != null) {
          send(edge.target(), waiting, null, false);
        }
      }
    }
    if (!retainGraph) {
      node.free();
    }
  }

  /** Hooks see a gradient, a non-leaf that retains its gradient takes it, a target captures it. */
  private void arriveAtNode(Node node, Reach.Waiting arrived) {
    var hooks = reach.isBorder(node) ? null : node.hooks();
    if (hooks != null) {
      arrived.gradient = hooks.changed(arrived.gradient);
      arrived.owned = false;
      if (hooks.retained() != null && captured == null) {
        accumulate(hooks.retained(), arrived.gradient, false);
      }
    }
    if (reach.isTarget(node)) {
      captured.put(node, arrived.gradient);
      arrived.owned = false;
    }
  }

  /**
   * What a rule gave.
   *
   * @param fresh which gradients are ours alone to add into: made by this rule, no view of
   *     something, not sent two ways
   */
  private record Given(Tensor[] gradients, boolean[] fresh) {
    boolean contains(Tensor gradient) {
      for (var g : gradients) {
        if (g == gradient) {
          return true;
        }
      }
      return false;
    }
  }

  /** Applies a rule. Whatever it makes on its way is freed at once; its results move out. */
  private Given apply(Node node, Tensor gradient) {
    if (differentiable) {
      var gradients = inspected(node, gradient, rule(node, gradient));
      return new Given(gradients, new boolean[gradients.length]);
    }
    try (var scope = Scope.open()) {
      var gradients = inspected(node, gradient, rule(node, gradient));
      var fresh = new boolean[gradients.length];
      for (int i = 0; i < gradients.length; i++) {
        if (gradients[i] != null
            && node.edges()[i] != null
            && gradients[i].storage().scope() == scope) {
          fresh[i] = gradients[i].isOnlyViewOfItsStorage() && !standsTwice(gradients, i);
        }
      }
      for (int i = 0; i < gradients.length; i++) {
        if (gradients[i] != null && node.edges()[i] != null) {
          scope.keep(gradients[i].storage());
        }
      }
      return new Given(gradients, fresh);
    }
  }

  private static Tensor[] rule(Node node, Tensor gradient) {
    return Region.isObserved()
        ? Region.call(node.name(), () -> node.apply(gradient))
        : node.apply(gradient);
  }

  private static Tensor[] inspected(Node node, Tensor gradient, Tensor[] gradients) {
    if (Context.current().detectsAnomalies()) {
      AnomalyInspection.backward(node, gradient, gradients);
    }
    return gradients;
  }

  /** Sums are made here, outside of the rule's scope: they wait for other nodes. */
  private void distribute(Node node, Given given) {
    for (int i = 0; i < given.gradients.length; i++) {
      var edge = node.edges()[i];
      if (edge == null) {
        continue;
      }
      var waiting = reach.waiting(edge.target());
      if (waiting != null) {
        send(edge.target(), waiting, given.gradients[i], given.fresh[i]);
      } else if (given.gradients[i] != null) {
        if (captured == null) {
          accumulate(edge.leaf(), given.gradients[i], given.fresh[i]);
        } else if (given.fresh[i]) {
          given.gradients[i].release();
        }
      }
    }
  }

  private static boolean standsTwice(Tensor[] gradients, int at) {
    for (int i = 0; i < gradients.length; i++) {
      if (i != at && gradients[i] == gradients[at]) {
        return true;
      }
    }
    return false;
  }

  private void send(Object target, Reach.Waiting waiting, Tensor gradient, boolean fresh) {
    if (gradient != null) {
      add(waiting, gradient, fresh);
    }
    if (--waiting.missing == 0) {
      waiting.queued = true;
      ready.push(target);
    }
  }

  private void add(Reach.Waiting waiting, Tensor gradient, boolean fresh) {
    if (waiting.gradient == null) {
      waiting.gradient = gradient;
      waiting.owned = fresh;
    } else if (waiting.owned) {
      // made in this pass: nothing recorded before can have read it, so no version is counted
      Dispatch.binary(BinaryOp.ADD, waiting.gradient, gradient, waiting.gradient);
      if (fresh) {
        gradient.release();
      }
    } else {
      waiting.gradient = waiting.gradient.add(gradient);
      waiting.owned = !differentiable;
    }
  }

  /** Adds to a tensor's gradient, which lives in that tensor's own scope. */
  private void accumulate(Tensor leaf, Tensor gradient, boolean fresh) {
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
      if (fresh) {
        gradient.release();
      }
    } else {
      leaf.setGrad(fresh && gradient.isContiguous() ? gradient : gradient.copy());
      leaf.grad().storage().moveTo(leaf.storage().scope());
    }
  }
}
