package dev.jebena.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of a graph that a backward pass goes through: which nodes run, and how many gradients
 * each node and each awaited leaf will receive. Found without recursion in time linear in the
 * graph.
 */
final class Reach {
  private final Map<Object, Waiting> waiting = new IdentityHashMap<>();
  private final Set<Object> targets = Collections.newSetFromMap(new IdentityHashMap<>());
  private final boolean border;

  /** What a node or leaf has received so far. */
  static final class Waiting {
    int missing;
    Tensor gradient;

    /** Whether the node's rule is to run. */
    boolean runs;

    boolean queued;
  }

  private Reach(boolean border) {
    this.border = border;
  }

  /**
   * All of the graph behind roots; leaves are awaited only where hooks want their whole gradient.
   */
  static Reach everything(Object[] roots) {
    var reach = new Reach(false);
    var nodes = reach.nodes(roots);
    for (var node : nodes) {
      reach.entry(node).runs = true;
    }
    for (var root : roots) {
      if (root instanceof Tensor leaf && leaf.hooks() != null) {
        reach.entry(leaf);
      }
    }
    for (var node : nodes) {
      for (var edge : node.edges()) {
        if (edge != null && (edge.node() != null || edge.leaf().hooks() != null)) {
          reach.entry(edge.target()).missing++;
        }
      }
    }
    return reach;
  }

  /** The part between roots and targets. */
  static Reach of(Object[] roots, Iterable<?> targets, boolean border) {
    var reach = new Reach(border);
    targets.forEach(reach.targets::add);
    var nodes = reach.nodes(roots);
    reach.markRunning(nodes);
    for (var root : roots) {
      if (reach.targets.contains(root)) {
        reach.entry(root);
      }
    }
    for (var node : nodes) {
      if (reach.runs(node)) {
        for (var edge : node.edges()) {
          if (edge != null && reach.isAwaited(edge.target())) {
            reach.entry(edge.target()).missing++;
          }
        }
      }
    }
    return reach;
  }

  /** Every node that leads to a target runs: goes from targets back to the roots. */
  private void markRunning(List<Node> nodes) {
    var users = new IdentityHashMap<Object, List<Node>>();
    for (var node : nodes) {
      if (border && targets.contains(node)) {
        continue;
      }
      for (var edge : node.edges()) {
        if (edge != null) {
          users.computeIfAbsent(edge.target(), _ -> new ArrayList<>(1)).add(node);
        }
      }
    }
    var stack = new ArrayDeque<Object>(targets);
    while (!stack.isEmpty()) {
      for (var user : users.getOrDefault(stack.pop(), List.of())) {
        var entry = entry(user);
        if (!entry.runs) {
          entry.runs = true;
          stack.push(user);
        }
      }
    }
  }

  private List<Node> nodes(Object[] roots) {
    var found = new ArrayList<Node>();
    var seen = Collections.<Node>newSetFromMap(new IdentityHashMap<>());
    var stack = new ArrayDeque<Node>();
    for (var root : roots) {
      if (root instanceof Node node && seen.add(node)) {
        stack.push(node);
      }
    }
    while (!stack.isEmpty()) {
      var node = stack.pop();
      found.add(node);
      if (border && targets.contains(node)) {
        continue;
      }
      for (var edge : node.edges()) {
        if (edge != null && edge.node() != null && seen.add(edge.node())) {
          stack.push(edge.node());
        }
      }
    }
    return found;
  }

  private Waiting entry(Object target) {
    return waiting.computeIfAbsent(target, _ -> new Waiting());
  }

  private boolean runs(Node node) {
    var entry = waiting.get(node);
    return entry != null && entry.runs;
  }

  private boolean isAwaited(Object target) {
    return targets.contains(target) || target instanceof Node node && runs(node);
  }

  /** Whether gradients are asked for here. */
  boolean isTarget(Object target) {
    return targets.contains(target);
  }

  /** Whether the pass ends here, so that hooks are left to whoever goes on. */
  boolean isBorder(Object target) {
    return border && targets.contains(target);
  }

  /** What waits at a node or leaf; null where nothing is awaited. */
  Waiting waiting(Object target) {
    return waiting.get(target);
  }

  /** What has arrived, which from now on belongs to the caller. */
  Waiting take(Object target) {
    return waiting.remove(target);
  }
}
