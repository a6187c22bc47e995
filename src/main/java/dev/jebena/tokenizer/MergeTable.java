package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * The merges of a BPE vocabulary: from a pair of ids to its rank, and from the rank to the result.
 */
final class MergeTable {
  /** The rank of a pair that does not merge: later than any other. */
  static final int NONE = Integer.MAX_VALUE;

  private final long[] keys;
  private final int[] ranks;
  private final int[] results;
  private final int mask;

  /**
   * @param merges left id, right id and resulting id of each merge, in order of rank, [3·M]
   */
  MergeTable(int[] merges) {
    int count = merges.length / 3;
    int capacity = Integer.highestOneBit(Math.max(4, count)) << 2;
    keys = new long[capacity];
    ranks = new int[capacity];
    results = new int[count];
    mask = capacity - 1;
    Arrays.fill(keys, -1);
    for (int rank = 0; rank < count; rank++) {
      results[rank] = merges[3 * rank + 2];
      long key = key(merges[3 * rank], merges[3 * rank + 1]);
      int slot = slot(key);
      while (keys[slot] != -1 && keys[slot] != key) {
        slot = slot + 1 & mask;
      }
      if (keys[slot] == -1) {
        keys[slot] = key;
        ranks[slot] = rank;
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
