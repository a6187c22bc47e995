package dev.jebena.tokenizer;

/** What a {@link PairTable} is where its arrays would take too much memory: the same in cells. */
final class CellPairs {
  private static final int LEFT = 0;
  private static final int RIGHT = 1;

  /** Of two ints. */
  private static final int COUNT = 2;

  private static final int HEAD = 4;
  private static final int TAIL = 5;

  /** Ints of a pair. */
  private static final int STRIDE = 6;

  /** Ints of a slot: left and right token, and the number of the pair plus one; 0 marks it free. */
  private static final int SLOT = 3;

  /** A table of slots twice as large has its mask in an int. */
  private static final int MOST_PAIRS = 1 << 29;

  private final CellStore store;
  private Cells pairs;
  private Cells slots;
  private int mask;
  private int size;

  CellPairs(CellStore store) {
    this.store = store;
    pairs = store.of(STRIDE << 14);
    slots = store.of(SLOT << 16);
    mask = (1 << 16) - 1;
  }

  int size() {
    return size;
  }

  private int get(int pair, int part) {
    return pairs.get((long) pair * STRIDE + part);
  }

  private void set(int pair, int part, int value) {
    pairs.set((long) pair * STRIDE + part, value);
  }

  int left(int pair) {
    return get(pair, LEFT);
  }

  int right(int pair) {
    return get(pair, RIGHT);
  }

  long count(int pair) {
    return pairs.getLong((long) pair * STRIDE + COUNT);
  }

  void addCount(int pair, long amount) {
    pairs.add((long) pair * STRIDE + COUNT, amount);
  }

  int head(int pair) {
    return get(pair, HEAD);
  }

  void setHead(int pair, int position) {
    set(pair, HEAD, position);
  }

  int tail(int pair) {
    return get(pair, TAIL);
  }

  void setTail(int pair, int position) {
    set(pair, TAIL, position);
  }

  /** The number of the pair {@code (left, right)}, which is made if it is new. */
  int indexOf(int left, int right) {
    long slot = slot(left, right);
    int found = slots.get(slot + 2);
    if (found != 0) {
      return found - 1;
    }
    if (size == MOST_PAIRS) {
      throw new TokenizerException(size + " pairs of tokens are too many; train on a sample");
    }
    if ((long) size * STRIDE == pairs.size()) {
      pairs = store.grown(pairs, 2 * pairs.size());
    }
    int pair = size++;
    set(pair, LEFT, left);
    set(pair, RIGHT, right);
    set(pair, HEAD, -1);
    set(pair, TAIL, -1);
    fill(slot, left, right, pair);
    if (size * 2L > mask) {
      rehash();
    }
    return pair;
  }

  /** Where in {@link #slots} the pair lies, or belongs if it is new. */
  private long slot(int left, int right) {
    long hash = ((long) left << 32 | right) * 0x9E3779B97F4A7C15L;
    int index = (int) (hash >>> 32) & mask;
    while (true) {
      long slot = (long) index * SLOT;
      boolean taken = slots.get(slot + 2) != 0;
      if (!taken || slots.get(slot) == left && slots.get(slot + 1) == right) {
        return slot;
      }
      index = index + 1 & mask;
    }
  }

  private void fill(long slot, int left, int right, int pair) {
    slots.set(slot, left);
    slots.set(slot + 1, right);
    slots.set(slot + 2, pair + 1);
  }

  private void rehash() {
    long capacity = 2L * (mask + 1);
    store.giveBack(slots);
    slots = null; // or else both would be in memory for a moment
    slots = store.of(SLOT * capacity);
    mask = (int) (capacity - 1);
    for (int pair = 0; pair < size; pair++) {
      fill(slot(left(pair), right(pair)), left(pair), right(pair), pair);
    }
  }
}
