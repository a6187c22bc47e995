package dev.jebena.tensor;

import dev.jebena.memory.Shape;
import java.lang.ref.WeakReference;

/** One recorded operation: where its inputs came from, and how gradients go back to them. */
final class Node {
  /** The node whose rule runs on this thread. */
  private static final ThreadLocal<Node> RUNNING = new ThreadLocal<>();

  private final String name;
  private final Shape shape;
  private final Edge[] edges;
  private final long time;
  private final Throwable place;
  private Tape.Rule rule;
  private WeakReference<Storage> output;
  private GradientHooks hooks;

  /** Records {@code name} now. */
  Node(String name, Shape shape, Tape.Rule rule, Tensor... inputs) {
    this(name, shape, rule, Clock.tick(), edges(inputs));
  }

  /**
   * @param shape of the output
   * @param time since when values that the rule reads must not have been overwritten
   */
  Node(String name, Shape shape, Tape.Rule rule, long time, Edge... edges) {
    this.name = name;
    this.shape = shape;
    this.rule = rule;
    this.time = time;
    this.edges = edges;
    this.place = Context.current().detectsAnomalies() ? new RecordedHere(name) : null;
  }

  private static Edge[] edges(Tensor... inputs) {
    var edges = new Edge[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      edges[i] = Edge.to(inputs[i]);
    }
    return edges;
  }

  String name() {
    return name;
  }

  /** Of the output. */
  Shape shape() {
    return shape;
  }

  /** One edge an input; null where the input wants no gradient. */
  Edge[] edges() {
    return edges;
  }

  /** When the operation was recorded. */
  long time() {
    return time;
  }

  /** Where the operation was recorded, or null outside of anomaly detection. */
  Throwable place() {
    return place;
  }

  /** What happens to gradients that arrive here, or null. */
  GradientHooks hooks() {
    return hooks;
  }

  GradientHooks hooksToAdd() {
    if (hooks == null) {
      hooks = new GradientHooks();
    }
    return hooks;
  }

  /** The node whose rule runs on this thread, or null. */
  static Node running() {
    return RUNNING.get();
  }

  /** Whether the rule can add another gradient of its first input. */
  boolean addsToFirst() {
    return rule instanceof Tape.AddingRule;
  }

  /**
   * Applies the rule.
   *
   * @param further what the rule adds to the gradient of its first input, or null
   * @throws IllegalStateException where a backward pass has used it up
   */
  Tensor[] apply(Tensor gradient, Tensor further) {
    if (rule == null) {
      throw new IllegalStateException(
          "backward: the graph at '"
              + name
              + "' was freed by an earlier backward pass; pass retainGraph to go through it twice");
    }
    var outer = RUNNING.get();
    RUNNING.set(this);
    try {
      var gradients =
          rule instanceof Tape.AddingRule adding
              ? adding.apply(gradient, further)
              : rule.apply(gradient);
      check(gradients);
      return gradients;
    } finally {
      if (outer == null) {
        RUNNING.remove();
      } else {
        RUNNING.set(outer);
      }
    }
  }

  private void check(Tensor[] gradients) {
    if (gradients.length != edges.length) {
      throw new IllegalStateException(
          "backward of "
              + name
              + ": its rule gave "
              + gradients.length
              + " gradients for "
              + edges.length
              + " inputs");
    }
    for (int i = 0; i < gradients.length; i++) {
      // a saved value handed on as a gradient must be read while this node answers for it
      if (gradients[i] != null && gradients[i].storage().wasOverwrittenAround(time)) {
        gradients[i] = gradients[i].copy();
      }
    }
  }

  /** Says where the output lies, unless that is where an input lies. */
  void produced(Storage storage, Tensor... inputs) {
    for (var input : inputs) {
      if (input.storage() == storage) {
        return;
      }
    }
    output = new WeakReference<>(storage);
  }

  /** The memory that this operation made for its output; null where there is none any more. */
  Storage output() {
    return output == null ? null : output.get();
  }

  /** Drops the rule and with it the tensors that it kept. */
  void free() {
    rule = null;
  }

  @Override
  public String toString() {
    return name + " " + shape;
  }

  /** The stack at the recording of an operation. */
  static final class RecordedHere extends RuntimeException {
    private static final long serialVersionUID = 1;

    RecordedHere(String operation) {
      super(operation + " was recorded here");
    }
  }
}
