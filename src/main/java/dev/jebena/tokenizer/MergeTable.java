package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * The merges of a BPE vocabulary: from a pair of ids to its rank, and from the rank to the result.
 */
final class MergeTable {
  /** The rank of a pair that does not merge: later than any other. */
  static final int NONE = Integer.MAX_VALUE;

  private long[] keys;
  private int[] ranks;
  private int[] results;
  private int mask;
  private int size;
  private final boolean inOrder;

  /** An empty table with room for {@code expected} merges before it grows. */
  MergeTable(int expected) {
    this(expected, false);
  }

  private MergeTable(int expected, boolean inOrder) {
    this.inOrder = inOrder;
    int capacity = Integer.highestOneBit(Math.max(4, expected)) << 2;
    keys = new long[capacity];
    ranks = new int[capacity];
    results = new int[Math.max(4, expected)];
    mask = capacity - 1;
    Arrays.fill(keys, -1);
  }

  /**
   * @param merges left id, right id and resulting id of each merge, in order of rank, [3·M]
   */
  MergeTable(int[] merges) {
    this(merges.length / 3, inOrder(merges));
    for (int i = 0; i < merges.length; i += 3) {
      add(merges[i], merges[i + 1], merges[i + 2]);
    }
  }

  private static boolean inOrder(int[] merges) {
    int largest = 0;
    for (int id : merges) {
      largest = Math.max(largest, id);
    }
    var madeBy = new int[largest + 1];
    for (int i = 0; i < merges.length; i += 3) {
      int result = merges[i + 2];
      if (madeBy[result] != 0) {
        return false;
      }
      madeBy[result] = i / 3 + 1;
    }
    for (int i = 0; i < merges.length; i += 3) {
      if (madeBy[merges[i]] > i / 3 || madeBy[merges[i + 1]] > i / 3) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether every token is made by one merge only, and before any merge that takes it: so it is in
   * vocabularies that were learned. False where it is not known.
   */
  boolean inOrder() {
    return inOrder;
  }

  /** How many merges. */
  int size() {
    return size;
  }

  /** Adds a merge of the next rank. Where the pair has one already, that one stays. */
  void add(int left, int right, int result) {
    if (size == results.length) {
      results = Arrays.copyOf(results, 2 * size);
    }
    if (4L * size > 2L * mask) {
      grow();
    }
    results[size] = result;
    put(key(left, right), size);
    size++;
  }

  private void put(long key, int rank) {
    int slot = slot(key);
    while (keys[slot] != -1 && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    if (keys[slot] == -1) {
      keys[slot] = key;
      ranks[slot] = rank;
    }
  }

  private void grow() {
    var oldKeys = keys;
    var oldRanks = ranks;
    keys = new long[2 * oldKeys.length];
    ranks = new int[keys.length];
    mask = keys.length - 1;
    Arrays.fill(keys, -1);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != -1) {
        put(oldKeys[i], oldRanks[i]);
      }
    }
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  private int slot(long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32) & mask;
  }

  /** The rank of {@code (left, right)}, lower first, or {@link #NONE}. */
  int rank(int left, int right) {
    long key = key(left, right);
    int slot = slot(key);
    while (true) {
      long found = keys[slot];
      if (found == key) {
        return ranks[slot];
      }
      if (found == -1) {
        return NONE;
      }
      slot = slot + 1 & mask;
    }
  }

  /** The id that the merge of this rank makes. */
  int result(int rank) {
    return results[rank];
  }
}
