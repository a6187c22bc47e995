package dev.jebena.kernel.fused;

import dev.jebena.memory.ShapeException;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of different lengths that stand one behind the other on one axis, so that a batch of
 * them needs no padding. Sequence i has the positions from {@code offsets[i]} to before {@code
 * offsets[i + 1]}; one may be empty.
 *
 * @param queries 0, the ends of all sequences of queries, the last of them T
 * @param keys the same for keys and values
 */
public record PackedSequences(List<Long> queries, List<Long> keys) {
  /**
   * Checks that both are offsets of equally many sequences.
   *
   * @throws IllegalArgumentException where they do not begin with 0, fall, or differ in number
   */
  public PackedSequences {
    queries = List.copyOf(queries);
    keys = List.copyOf(keys);
    requireOffsets("queries", queries);
    requireOffsets("keys", keys);
    if (queries.size() != keys.size()) {
      throw new IllegalArgumentException(
          "attention: offsets of "
              + (queries.size() - 1)
              + " sequences of queries and "
              + (keys.size() - 1)
              + " of keys (a sequence has both, be they empty)");
    }
  }

  private static void requireOffsets(String what, List<Long> offsets) {
    boolean rises = !offsets.isEmpty() && offsets.getFirst() == 0;
    for (int i = 1; rises && i < offsets.size(); i++) {
      rises = offsets.get(i) >= offsets.get(i - 1);
    }
    if (!rises) {
      throw new IllegalArgumentException(
          "attention: " + what + " with offsets " + offsets + " (0 and rising, as [0, 3, 8])");
    }
  }

  /** Sequences whose queries and keys are the same positions. */
  public static PackedSequences of(long... offsets) {
    return of(offsets, offsets);
  }

  /** Sequences of queries and of keys. */
  public static PackedSequences of(long[] queries, long[] keys) {
    return new PackedSequences(
        Arrays.stream(queries).boxed().toList(), Arrays.stream(keys).boxed().toList());
  }

  /** How many sequences there are. */
  public int count() {
    return queries.size() - 1;
  }

  void check(long t, long s) {
    if (queries.getLast() != t || keys.getLast() != s) {
      throw new ShapeException(
          "attention: sequences end at query "
              + queries.getLast()
              + " and key "
              + keys.getLast()
              + ", but there are "
              + t
              + " and "
              + s);
    }
  }
}
