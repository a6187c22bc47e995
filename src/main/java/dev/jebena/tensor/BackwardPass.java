package dev.jebena.tensor;

import dev.jebena.memory.Scope;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Reverse-mode differentiation of one graph: counts how many gradients each node will receive, then
 * visits a node when the last has arrived. No recursion, each node once, whatever the graph's
 * shape.
 */
final class BackwardPass {
  private final boolean retainGraph;
  private final boolean differentiable;
  private final Map<Node, Pending> pending = new IdentityHashMap<>();

  /** What a node has received so far. */
  private static final class Pending {
    private int missing;
    private Tensor gradient;
    private boolean owned;
  }

  /**
   * @param retainGraph keeps the rules for a second pass
   * @param differentiable records the pass itself, for gradients of gradients
   */
  BackwardPass(boolean retainGraph, boolean differentiable) {
    this.retainGraph = retainGraph;
    this.differentiable = differentiable;
  }

  /** Sends {@code gradient} back from {@code root} to every leaf that wants it. */
  void run(Tensor root, Tensor gradient) {
    var start = root.producer();
    if (start == null) {
      accumulate(root, gradient, false);
      return;
    }
    count(start);
    pending.get(start).gradient = gradient;
    var ready = new ArrayDeque<Node>();
    ready.push(start);
    while (!ready.isEmpty()) {
      visit(ready.pop(), ready);
    }
  }

  private void count(Node start) {
    var stack = new ArrayDeque<Node>();
    pending.put(start, new Pending());
    stack.push(start);
    while (!stack.isEmpty()) {
      for (var edge : stack.pop().edges()) {
        if (edge == null || edge.node() == null) {
          continue;
        }
        var next = pending.get(edge.node());
        if (next == null) {
          next = new Pending();
          pending.put(edge.node(), next);
          stack.push(edge.node());
        }
        next.missing++;
      }
    }
  }

  private void visit(Node node, ArrayDeque<Node> ready) {
    var arrived = pending.remove(node);
    var gradient = arrived.gradient;
    if (gradient != null) {
      var given = apply(node, gradient);
      distribute(node, given, ready);
      if (arrived.owned && !given.contains(gradient)) {
        gradient.releaseIfOnlyView();
      }
    } else {
      for (var edge : node.edges()) {
        if (edge != null && edge.node() != null) {
          send(edge.node(), null, false, ready);
        }
      }
    }
    if (!retainGraph) {
      node.free();
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
      var gradients = node.rule().apply(gradient);
      check(node, gradients);
      return new Given(gradients, new boolean[gradients.length]);
    }
    try (var scope = Scope.open()) {
      var gradients = node.rule().apply(gradient);
      check(node, gradients);
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

  /** Sums are made here, outside of the rule's scope: they wait for other nodes. */
  private void distribute(Node node, Given given, ArrayDeque<Node> ready) {
    for (int i = 0; i < given.gradients.length; i++) {
      var edge = node.edges()[i];
      if (edge == null) {
        continue;
      }
      if (edge.leaf() == null) {
        send(edge.node(), given.gradients[i], given.fresh[i], ready);
      } else if (given.gradients[i] != null) {
        accumulate(edge.leaf(), given.gradients[i], given.fresh[i]);
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

  private static void check(Node node, Tensor[] gradients) {
    if (gradients.length != node.edges().length) {
      throw new IllegalStateException(
          "backward of "
              + node.name()
              + ": its rule gave "
              + gradients.length
              + " gradients for "
              + node.edges().length
              + " inputs");
    }
  }

  private void send(Node target, Tensor gradient, boolean fresh, ArrayDeque<Node> ready) {
    var waiting = pending.get(target);
    if (gradient != null) {
      if (waiting.gradient == null) {
        waiting.gradient = gradient;
        waiting.owned = fresh;
      } else if (waiting.owned) {
        waiting.gradient.addInPlace(gradient);
        if (fresh) {
          gradient.release();
        }
      } else {
        waiting.gradient = waiting.gradient.add(gradient);
        waiting.owned = !differentiable;
      }
    }
    if (--waiting.missing == 0) {
      ready.push(target);
    }
  }

  /** Adds to a leaf's gradient, which lives in the leaf's own scope. */
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
