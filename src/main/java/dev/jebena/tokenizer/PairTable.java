package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * The pairs of neighbouring tokens seen in training: for each its weighted count and the first and
 * last of the places where it stands. Pairs are numbered in the order in which they are first seen.
 */
final class PairTable {
  private long[] slotKeys = new long[1 << 16];
  private int[] slotPairs = new int[1 << 16];
  private int mask = slotKeys.length - 1;
  private int size;
  private long[] keys = new long[1 << 14];
  private long[] counts = new long[1 << 14];
  private int[] heads = new int[1 << 14];
  private int[] tails = new int[1 << 14];

  int size() {
    return size;
  }

  int left(int pair) {
    return (int) (keys[pair] >>> 32);
  }

  int right(int pair) {
    return (int) keys[pair];
  }

  long count(int pair) {
    return counts[pair];
  }

  void addCount(int pair, long amount) {
    counts[pair] += amount;
  }

  int head(int pair) {
    return heads[pair];
  }

  void setHead(int pair, int position) {
    heads[pair] = position;
  }

  int tail(int pair) {
    return tails[pair];
  }

  void setTail(int pair, int position) {
    tails[pair] = position;
  }

  /** The number of the pair {@code (left, right)}, which is made if it is new. */
  int indexOf(int left, int right) {
    long key = (long) left << 32 | right;
    int slot = slot(key);
    while (slotPairs[slot] != 0) {
      if (slotKeys[slot] == key) {
        return slotPairs[slot] - 1;
      }
      slot = slot + 1 & mask;
    }
    if (size == keys.length) {
      int capacity = size * 2;
      keys = Arrays.copyOf(keys, capacity);
      counts = Arrays.copyOf(counts, capacity);
      heads = Arrays.copyOf(heads, capacity);
      tails = Arrays.copyOf(tails, capacity);
    }
    int pair = size++;
    keys[pair] = key;
    heads[pair] = -1;
    tails[pair] = -1;
    slotKeys[slot] = key;
    slotPairs[slot] = size;
    if (size * 2L > mask) {
      rehash();
    }
    return pair;
  }

  private int slot(long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32) & mask;
  }

  private void rehash() {
    int capacity = slotKeys.length * 2;
    slotKeys = new long[capacity];
    slotPairs = new int[capacity];
    mask = capacity - 1;
    for (int pair = 0; pair < size; pair++) {
      int slot = slot(keys[pair]);
      while (slotPairs[slot] != 0) {
        slot = slot + 1 & mask;
      }
      slotKeys[slot] = keys[pair];
      slotPairs[slot] = pair + 1;
    }
  }
}
