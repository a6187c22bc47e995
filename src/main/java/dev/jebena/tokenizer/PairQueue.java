package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * Yields the most frequent pair; {@link Ties} decides among equals. Pairs that would make too long
 * a token are never yielded.
 *
 * <p>A binary heap refreshed lazily: a pair is put in once, when all its places are known, and from
 * then on its count only falls. So an entry that reads too high is corrected when it comes to the
 * top, and whatever is on top with the right count is the maximum.
 */
final class PairQueue {
  /** Ints of an entry: the pair, and the count that it is believed to have, high and low. */
  private static final int STRIDE = 3;

  private final CellStore store;
  private final PairTable pairs;
  private final byte[][] tokens;
  private final Ties ties;
  private final int maxTokenLength;
  private Cells heap;
  private int size;

  /**
   * A queue over {@code pairs}, in cells of {@code store}; {@code tokens[id]} holds the bytes of a
   * token once it exists.
   */
  PairQueue(CellStore store, PairTable pairs, byte[][] tokens, Ties ties, int maxTokenLength) {
    this.store = store;
    heap = store.of(STRIDE << 12);
    this.ties = ties;
    this.maxTokenLength = maxTokenLength;
    this.pairs = pairs;
    this.tokens = tokens;
  }

  void push(int pair) {
    long length = (long) tokens[pairs.left(pair)].length + tokens[pairs.right(pair)].length;
    if (length > maxTokenLength) {
      return;
    }
    if ((long) size * STRIDE == heap.size()) {
      heap = store.grown(heap, 2 * heap.size());
    }
    int at = size++;
    long count = pairs.count(pair);
    while (at > 0) {
      int parent = at - 1 >>> 1;
      if (!before(pair, count, pair(parent), believed(parent))) {
        break;
      }
      set(at, pair(parent), believed(parent));
      at = parent;
    }
    set(at, pair, count);
  }

  private int pair(int at) {
    return heap.get((long) at * STRIDE);
  }

  private long believed(int at) {
    return heap.getLong((long) at * STRIDE + 1);
  }

  private void set(int at, int pair, long count) {
    long cell = (long) at * STRIDE;
    heap.set(cell, pair);
    heap.setLong(cell + 1, count);
  }

  /** Takes out the best pair; −1 when none is left that occurs at all. */
  int pop() {
    while (size > 0) {
      int pair = pair(0);
      long count = pairs.count(pair);
      if (count == believed(0) && count > 0) {
        removeTop();
        return pair;
      }
      if (count <= 0) {
        removeTop();
      } else {
        sink(pair, count);
      }
    }
    return -1;
  }

  private void removeTop() {
    size--;
    if (size > 0) {
      sink(pair(size), believed(size));
    }
  }

  /** Puts an entry in place of the top and lets it sink. */
  private void sink(int pair, long count) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size
          && before(pair(child + 1), believed(child + 1), pair(child), believed(child))) {
        child++;
      }
      if (!before(pair(child), believed(child), pair, count)) {
        break;
      }
      set(at, pair(child), believed(child));
      at = child;
    }
    set(at, pair, count);
  }

  private boolean before(int a, long countA, int b, long countB) {
    if (countA != countB) {
      return countA > countB;
    }
    if (ties == Ties.FIRST) {
      return pairs.left(a) != pairs.left(b)
          ? pairs.left(a) < pairs.left(b)
          : pairs.right(a) < pairs.right(b);
    }
    int left = Arrays.compareUnsigned(tokens[pairs.left(a)], tokens[pairs.left(b)]);
    if (left != 0) {
      return left > 0;
    }
    return Arrays.compareUnsigned(tokens[pairs.right(a)], tokens[pairs.right(b)]) > 0;
  }
}
