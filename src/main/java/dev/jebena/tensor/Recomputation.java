package dev.jebena.tensor;

import dev.jebena.memory.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A piece of a graph that is thrown away and computed again in backward (Chen et al., "Training
 * Deep Nets with Sublinear Memory Cost", 2016).
 *
 * <p>The first run is recorded only to see which tensors from outside the piece reads: inputs,
 * parameters, anything that the function captured. They become the edges of one node. Its rule runs
 * the function again, with the random numbers of the first run, and sends the gradient through the
 * new piece to exactly these edges.
 */
final class Recomputation {
  private final Supplier<Tensor> f;
  private final Context context;
  private final Generator random;
  private final KeptResults kept;
  private final List<Edge> outside = new ArrayList<>();

  private Recomputation(Supplier<Tensor> f, KeptResults kept) {
    this.f = f;
    this.context = Context.current();
    this.random = context.generator();
    this.kept = kept;
  }

  static Tensor of(Supplier<Tensor> f, Predicate<String> keeps) {
    if (!Context.current().recordsGradients()) {
      return f.get();
    }
    var kept = KeptResults.recording(keeps);
    return new Recomputation(f, kept).first();
  }

  private Tensor first() {
    long seed = random.seed();
    long position = random.position();
    long start = Clock.tick();
    try (var scope = Scope.open()) {
      var made = context.withKeptResults(kept).call(f);
      findOutside(made, start);
      if (outside.isEmpty()) {
        kept.tensors().forEach(tensor -> scope.keep(tensor.storage()));
        return made.keep(scope);
      }
      // the result of an untouched input must not be the input itself
      var out = made.under(made.layout()).keep(scope);
      kept.tensors().forEach(tensor -> scope.keep(tensor.storage()));
      out.madeBy(
          new Node(
              "checkpoint",
              out.shape(),
              gradient -> again(gradient, seed, position, start),
              start,
              outside.toArray(new Edge[0])));
      return out;
    }
  }

  /** Edges that leave the piece: to leaves, and to nodes recorded before it. */
  private void findOutside(Tensor made, long start) {
    var seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var stack = new ArrayDeque<Edge>();
    if (made.requiresGrad()) {
      stack.push(Edge.to(made));
    }
    while (!stack.isEmpty()) {
      var edge = stack.pop();
      if (!seen.add(edge.target())) {
        continue;
      }
      if (edge.node() == null || edge.node().time() < start) {
        outside.add(edge);
        continue;
      }
      for (var next : edge.node().edges()) {
        if (next != null) {
          stack.push(next);
        }
      }
    }
  }

  private Tensor[] again(Tensor gradient, long seed, long position, long start) {
    boolean differentiable = Context.current().recordsGradients();
    var made =
        context
            .withGradients(true)
            .withGenerator(new Generator(seed, position))
            .withKeptResults(kept.replay())
            .call(f);
    var targets = outside.stream().map(Edge::target).toList();
    if (!made.requiresGrad()) {
      throw new IllegalStateException(
          "checkpoint: the second run of the function was recorded differently from the first");
    }
    var found =
        new BackwardPass(differentiable, differentiable)
            .capture(new Tensor[] {made}, new Tensor[] {gradient}, targets, true);
    return targets.stream().map(found::get).toArray(Tensor[]::new);
  }
}
