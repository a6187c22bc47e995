package dev.jebena.tensor;

/** One recorded operation: where its inputs came from, and how gradients go back to them. */
final class Node {
  private final String name;
  private final Edge[] edges;
  private Tape.Rule rule;

  /**
   * Where the gradient of one input goes.
   *
   * @param node that made the input, or null
   * @param leaf the input itself where it is a leaf that wants its gradient, or null
   */
  record Edge(Node node, Tensor leaf) {}

  Node(String name, Tape.Rule rule, Tensor[] inputs) {
    this.name = name;
    this.rule = rule;
    this.edges = new Edge[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      var input = inputs[i];
      if (input.requiresGrad()) {
        edges[i] =
            input.producer() != null ? new Edge(input.producer(), null) : new Edge(null, input);
      }
    }
  }

  String name() {
    return name;
  }

  /** One edge an input; null where the input wants no gradient. */
  Edge[] edges() {
    return edges;
  }

  /**
   * The rule.
   *
   * @throws IllegalStateException where a backward pass has used it up
   */
  Tape.Rule rule() {
    if (rule == null) {
      throw new IllegalStateException(
          "backward: the graph at '"
              + name
              + "' was freed by an earlier backward pass; pass retainGraph to go through it twice");
    }
    return rule;
  }

  /** Drops the rule and with it the tensors that it kept. */
  void free() {
    rule = null;
  }
}
