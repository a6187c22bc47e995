package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * Applies merges to one piece: again and again the pair of lowest rank, the leftmost first. Holds
 * scratch space, so each thread has its own.
 *
 * <p>Short pieces scan for the minimum: quadratic, but in a few cache lines. Longer ones keep the
 * pairs in a heap and the tokens in a linked list: n log n. Very long ones go to {@link
 * LongPieceMerger} where the vocabulary allows it, so that a megabyte of one letter takes about as
 * long as a megabyte of prose.
 */
final class PieceMerger {
  private static final int SHORT = 40;

  private final MergeTable merges;
  private final Alphabet alphabet;
  private int[] ids = new int[SHORT + 1];
  private int[] ranks = new int[SHORT + 1];
  private int[] next = new int[0];
  private int[] previous = new int[0];
  private long[] heap = new long[0];
  private int heapSize;
  private LongPieceMerger longPieces;

  PieceMerger(MergeTable merges, Alphabet alphabet) {
    this.merges = merges;
    this.alphabet = alphabet;
  }

  /** Appends the ids of the piece {@code text[from, to)} to {@code out}. */
  void merge(byte[] text, int from, int to, IntList out) {
    if (ids.length < to - from) {
      ids = new int[to - from];
      ranks = new int[to - from];
    }
    int length = alphabet.start(text, from, to, ids);
    if (length <= SHORT) {
      mergeShort(length, out);
    } else if (LongPieceMerger.paysFor(length, merges)) {
      reserve(length);
      if (longPieces == null) {
        longPieces = new LongPieceMerger(merges);
      }
      longPieces.merge(ids, length, ranks, next, previous, out);
    } else {
      mergeLong(length, out);
    }
    if (ids.length > 1 << 20) {
      release();
    }
  }

  private void mergeShort(int length, IntList out) {
    for (int i = 0; i + 1 < length; i++) {
      ranks[i] = merges.rank(ids[i], ids[i + 1]);
    }
    int count = length;
    while (count > 1) {
      int best = 0;
      for (int i = 1; i + 1 < count; i++) {
        if (ranks[i] < ranks[best]) {
          best = i;
        }
      }
      if (ranks[best] == MergeTable.NONE) {
        break;
      }
      ids[best] = merges.result(ranks[best]);
      count--;
      for (int i = best + 1; i < count; i++) {
        ids[i] = ids[i + 1];
        ranks[i] = ranks[i + 1];
      }
      if (best > 0) {
        ranks[best - 1] = merges.rank(ids[best - 1], ids[best]);
      }
      if (best + 1 < count) {
        ranks[best] = merges.rank(ids[best], ids[best + 1]);
      }
    }
    out.addAll(ids, 0, count);
  }

  private void mergeLong(int length, IntList out) {
    reserve(length);
    for (int i = 0; i < length; i++) {
      previous[i] = i - 1;
      next[i] = i + 1;
    }
    heapSize = 0;
    for (int i = 0; i + 1 < length; i++) {
      rankPair(i, i + 1);
    }
    while (heapSize > 0) {
      long top = pop();
      int at = (int) top;
      int rank = (int) (top >>> 32);
      if (ranks[at] != rank) {
        continue; // one of the two tokens has been merged away since
      }
      int gone = next[at];
      int after = next[gone];
      ids[at] = merges.result(rank);
      ranks[gone] = -1;
      next[at] = after;
      if (after < length) {
        previous[after] = at;
        rankPair(at, after);
      } else {
        ranks[at] = MergeTable.NONE;
      }
      if (previous[at] >= 0) {
        rankPair(previous[at], at);
      }
    }
    for (int i = 0; i < length; i = next[i]) {
      out.add(ids[i]);
    }
  }

  private void rankPair(int left, int right) {
    int rank = merges.rank(ids[left], ids[right]);
    ranks[left] = rank;
    if (rank != MergeTable.NONE) {
      push((long) rank << 32 | left);
    }
  }

  private void reserve(int length) {
    if (next.length < length) {
      int capacity = Math.max(length, 256);
      next = new int[capacity];
      previous = new int[capacity];
    }
    ranks[length - 1] = MergeTable.NONE;
  }

  /** Gives back what a giant piece needed. */
  private void release() {
    ids = new int[SHORT + 1];
    ranks = new int[SHORT + 1];
    next = new int[0];
    previous = new int[0];
    heap = new long[0];
  }

  private void push(long value) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, Math.max(256, heapSize * 2));
    }
    int at = heapSize++;
    while (at > 0) {
      int parent = at - 1 >>> 1;
      if (heap[parent] <= value) {
        break;
      }
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = value;
  }

  private long pop() {
    long top = heap[0];
    long value = heap[--heapSize];
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= heapSize) {
        break;
      }
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= value) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = value;
    return top;
  }
}
