package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * The pairs of neighbouring tokens seen in training: for each its weighted count and the first and
 * last of the places where it stands. Pairs are numbered in the order in which they are first seen.
 *
 * <p>Arrays of their own for each number are read faster than {@link Cells} that hold them side by
 * side: the heap of pairs looks at counts alone. Arrays that would take more memory than there is
 * are given up for cells.
 */
final class PairTable {
  private static final int FIRST_PAIRS = 1 << 14;
  private static final int FIRST_SLOTS = 1 << 16;
  private static final int PAIR_BYTES = 24;
  private static final int SLOT_BYTES = 12;

  private final CellStore store;

  /** All pairs, where they are not in the arrays; else null. */
  private CellPairs cells;

  private long[] slotKeys;
  private int[] slotPairs;
  private int mask;
  private int size;
  private long[] keys;
  private long[] counts;
  private int[] heads;
  private int[] tails;

  /**
   * @param store knows how much memory is left, and gives the cells
   */
  PairTable(CellStore store) {
    this.store = store;
    if (!store.take((long) FIRST_PAIRS * PAIR_BYTES + (long) FIRST_SLOTS * SLOT_BYTES)) {
      cells = new CellPairs(store);
      return;
    }
    slotKeys = new long[FIRST_SLOTS];
    slotPairs = new int[FIRST_SLOTS];
    mask = FIRST_SLOTS - 1;
    keys = new long[FIRST_PAIRS];
    counts = new long[FIRST_PAIRS];
    heads = new int[FIRST_PAIRS];
    tails = new int[FIRST_PAIRS];
  }

  int size() {
    return cells == null ? size : cells.size();
  }

  int left(int pair) {
    return cells == null ? (int) (keys[pair] >>> 32) : cells.left(pair);
  }

  int right(int pair) {
    return cells == null ? (int) keys[pair] : cells.right(pair);
  }

  long count(int pair) {
    return cells == null ? counts[pair] : cells.count(pair);
  }

  void addCount(int pair, long amount) {
    if (cells == null) {
      counts[pair] += amount;
    } else {
      cells.addCount(pair, amount);
    }
  }

  int head(int pair) {
    return cells == null ? heads[pair] : cells.head(pair);
  }

  void setHead(int pair, int position) {
    if (cells == null) {
      heads[pair] = position;
    } else {
      cells.setHead(pair, position);
    }
  }

  int tail(int pair) {
    return cells == null ? tails[pair] : cells.tail(pair);
  }

  void setTail(int pair, int position) {
    if (cells == null) {
      tails[pair] = position;
    } else {
      cells.setTail(pair, position);
    }
  }

  /** The number of the pair {@code (left, right)}, which is made if it is new. */
  int indexOf(int left, int right) {
    if (cells != null) {
      return cells.indexOf(left, right);
    }
    long key = (long) left << 32 | right;
    int slot = slot(key);
    while (slotPairs[slot] != 0) {
      if (slotKeys[slot] == key) {
        return slotPairs[slot] - 1;
      }
      slot = slot + 1 & mask;
    }
    if (size == keys.length) {
      if (!store.take(2L * size * PAIR_BYTES)) {
        giveUpArrays();
        return cells.indexOf(left, right);
      }
      int capacity = size * 2;
      keys = Arrays.copyOf(keys, capacity);
      counts = Arrays.copyOf(counts, capacity);
      heads = Arrays.copyOf(heads, capacity);
      tails = Arrays.copyOf(tails, capacity);
      store.release((long) size * PAIR_BYTES);
    }
    int pair = size++;
    keys[pair] = key;
    heads[pair] = -1;
    tails[pair] = -1;
    slotKeys[slot] = key;
    slotPairs[slot] = size;
    if (size * 2L > mask) {
      if (store.take(2L * slotKeys.length * SLOT_BYTES)) {
        store.release((long) slotKeys.length * SLOT_BYTES);
        rehash();
      } else {
        giveUpArrays();
      }
    }
    return pair;
  }

  private void giveUpArrays() {
    var all = new CellPairs(store);
    for (int pair = 0; pair < size; pair++) {
      all.indexOf(left(pair), right(pair));
      all.addCount(pair, counts[pair]);
      all.setHead(pair, heads[pair]);
      all.setTail(pair, tails[pair]);
    }
    cells = all;
    store.release((long) keys.length * PAIR_BYTES + (long) slotKeys.length * SLOT_BYTES);
    slotKeys = null;
    slotPairs = null;
    keys = null;
    counts = null;
    heads = null;
    tails = null;
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
