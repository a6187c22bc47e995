package dev.jebena.tensor;

import dev.jebena.memory.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The graph behind a tensor as data: vertices in an order in which every vertex stands before its
 * inputs, the root first.
 *
 * @param vertices operations and leaves
 */
public record RecordedGraph(List<Vertex> vertices) {
  /**
   * One operation or one leaf.
   *
   * @param name of the operation; {@code leaf} for a leaf
   * @param shape of what it made
   * @param leaf the tensor where it is a leaf, otherwise null
   * @param inputs positions of the inputs that want gradients
   */
  public record Vertex(String name, Shape shape, Tensor leaf, List<Integer> inputs) {}

  static RecordedGraph of(Tensor root) {
    var start = Edge.to(root);
    if (start == null) {
      return new RecordedGraph(List.of(new Vertex("leaf", root.shape(), root, List.of())));
    }
    var users = users(start);
    var order = new IdentityHashMap<Object, Integer>();
    var sorted = new ArrayList<Edge>();
    var ready = new ArrayDeque<Edge>();
    ready.add(start);
    while (!ready.isEmpty()) {
      var edge = ready.poll();
      order.put(edge.target(), sorted.size());
      sorted.add(edge);
      if (edge.node() != null) {
        for (var next : edge.node().edges()) {
          if (next != null && users.merge(next.target(), -1, Integer::sum) == 0) {
            ready.add(next);
          }
        }
      }
    }
    return new RecordedGraph(sorted.stream().map(edge -> vertex(edge, order)).toList());
  }

  /** How often each node and leaf is used. */
  private static IdentityHashMap<Object, Integer> users(Edge start) {
    var users = new IdentityHashMap<Object, Integer>();
    var stack = new ArrayDeque<Edge>();
    stack.push(start);
    while (!stack.isEmpty()) {
      var node = stack.pop().node();
      if (node == null) {
        continue;
      }
      for (var next : node.edges()) {
        if (next != null && users.merge(next.target(), 1, Integer::sum) == 1) {
          stack.push(next);
        }
      }
    }
    return users;
  }

  private static Vertex vertex(Edge edge, IdentityHashMap<Object, Integer> order) {
    if (edge.node() == null) {
      return new Vertex("leaf", edge.leaf().shape(), edge.leaf(), List.of());
    }
    var inputs = new ArrayList<Integer>();
    for (var next : edge.node().edges()) {
      if (next != null) {
        inputs.add(order.get(next.target()));
      }
    }
    return new Vertex(edge.node().name(), edge.node().shape(), null, List.copyOf(inputs));
  }
}
