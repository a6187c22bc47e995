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
  private final PairTable pairs;
  private final byte[][] tokens;
  private final Ties ties;
  private final int maxTokenLength;
  private int[] heap = new int[1 << 12];
  private long[] believed = new long[1 << 12];
  private int size;

  /** A queue over {@code pairs}; {@code tokens[id]} holds the bytes of a token once it exists. */
  PairQueue(PairTable pairs, byte[][] tokens, Ties ties, int maxTokenLength) {
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
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
      believed = Arrays.copyOf(believed, size * 2);
    }
    int at = size++;
    long count = pairs.count(pair);
    while (at > 0) {
      int parent = at - 1 >>> 1;
      if (!before(pair, count, heap[parent], believed[parent])) {
        break;
      }
      heap[at] = heap[parent];
      believed[at] = believed[parent];
      at = parent;
    }
    heap[at] = pair;
    believed[at] = count;
  }

  /** Takes out the best pair; −1 when none is left that occurs at all. */
  int pop() {
    while (size > 0) {
      int pair = heap[0];
      long count = pairs.count(pair);
      if (count == believed[0] && count > 0) {
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
      sink(heap[size], believed[size]);
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
          && before(heap[child + 1], believed[child + 1], heap[child], believed[child])) {
        child++;
      }
      if (!before(heap[child], believed[child], pair, count)) {
        break;
      }
      heap[at] = heap[child];
      believed[at] = believed[child];
      at = child;
    }
    heap[at] = pair;
    believed[at] = count;
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
