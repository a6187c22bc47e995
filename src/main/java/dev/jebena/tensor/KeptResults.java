package dev.jebena.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Results that a first run of some code keeps for a second run of the same code, in order. The
 * first run fills it; {@link #replay} gives what the second run takes from.
 */
final class KeptResults {
  private final Predicate<String> keeps;
  private final List<Entry> entries;
  private final Queue<Entry> left;

  private record Entry(String operation, Tensor[] results) {}

  private KeptResults(Predicate<String> keeps, List<Entry> entries, Queue<Entry> left) {
    this.keeps = keeps;
    this.entries = entries;
    this.left = left;
  }

  /** Keeps results of the operations that {@code keeps} names. */
  static KeptResults recording(Predicate<String> keeps) {
    return new KeptResults(keeps, new ArrayList<>(), null);
  }

  /** For a second run. */
  KeptResults replay() {
    return new KeptResults(keeps, entries, new ArrayDeque<>(entries));
  }

  /** All tensors that are kept. */
  List<Tensor> tensors() {
    return entries.stream().flatMap(entry -> List.of(entry.results).stream()).toList();
  }

  /** Computes and perhaps keeps, or takes what was kept. */
  Tensor[] results(String operation, Supplier<Tensor[]> forward) {
    if (!keeps.test(operation)) {
      return forward.get();
    }
    if (left == null) {
      var results = forward.get();
      entries.add(new Entry(operation, aliases(results)));
      return results;
    }
    var next = left.poll();
    if (next == null || !next.operation.equals(operation)) {
      throw new IllegalStateException(
          "checkpoint: the second run came to '"
              + operation
              + "' where the first had "
              + (next == null ? "ended" : "'" + next.operation + "'")
              + "; the function must do the same both times");
    }
    return aliases(next.results);
  }

  /** The same memory in tensors that are not yet part of any graph. */
  private static Tensor[] aliases(Tensor[] results) {
    var aliases = new Tensor[results.length];
    for (int i = 0; i < aliases.length; i++) {
      aliases[i] = results[i].under(results[i].layout());
    }
    return aliases;
  }
}
