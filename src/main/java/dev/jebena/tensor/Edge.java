package dev.jebena.tensor;

/**
 * Where the gradient of one input goes.
 *
 * @param node that made the input, or null
 * @param leaf the input itself where it is a leaf that wants its gradient, or null
 */
record Edge(Node node, Tensor leaf) {
  /** The edge to a tensor; null where it wants no gradient. */
  static Edge to(Tensor x) {
    if (!x.requiresGrad()) {
      return null;
    }
    return x.producer() != null ? new Edge(x.producer(), null) : new Edge(null, x);
  }

  /** The node or the leaf, by whose identity gradients are collected. */
  Object target() {
    return node != null ? node : leaf;
  }
}
