package dev.jebena.tokenizer;

/**
 * All distinct pieces of a corpus, laid end to end, while merges are applied to them.
 *
 * <p>Each byte has a cell. The cell in which a token starts, and the one in which it ends, hold the
 * token; −1 stands between pieces, so the neighbours of a token are found from lengths alone. The
 * places of one pair form a doubly linked list in rising order inside a piece. Thus a merge touches
 * exactly the places where its pair stands, however long a piece is, and allocates nothing: all
 * merges together do work proportional to the bytes of the distinct pieces.
 *
 * <p>What bounds it is memory latency: lists jump through all of the pieces. The four numbers of a
 * cell lie side by side, so that a place costs one cache line and not four, and a cell knows the
 * pair that starts in it, so that only pairs that come to be are looked up.
 */
final class MergeState {
  private static final int SYMBOL = 0;
  private static final int PAIR = 1;
  private static final int PREVIOUS = 2;
  private static final int NEXT = 3;

  /** The count of a piece, in the cell behind it, which no pair starts in. */
  private static final int COUNT = 2;

  /** Ints in a cell. */
  private static final int STRIDE = 4;

  /** Positions are ints. */
  private static final int MOST_CELLS = Integer.MAX_VALUE;

  private final Cells cells;

  /** Where the piece ends in which a cell lies. The cell there has its count. */
  private final Cells endOf;

  private final int[] tokenLength;
  private final PairTable pairs;

  /**
   * Lays out the pieces.
   *
   * @param byteIds the id of each byte, [256]
   * @param tokenLength the length in bytes of each token, [vocabulary]; the caller fills in new
   *     ones
   * @param store where they go, and pairs: in memory if pieces leave half of it to pairs
   */
  MergeState(PieceCounts pieces, int[] byteIds, int[] tokenLength, CellStore store) {
    long size = 1 + pieces.bytes() + pieces.size();
    if (size > MOST_CELLS) {
      throw new TokenizerException(
          "the distinct pieces have "
              + size
              + " bytes, more than "
              + MOST_CELLS
              + "; train on a sample");
    }
    boolean fits = 4 * (STRIDE + 1) * size <= store.leftBytes() / 2;
    cells = fits ? store.of(size * STRIDE) : store.inFile(size * STRIDE);
    endOf = fits ? store.of(size) : store.inFile(size);
    pairs = new PairTable(store);
    this.tokenLength = tokenLength;
    setSymbol(0, -1);
    int[] at = {1};
    pieces.forEach((piece, count) -> at[0] = lay(piece, count, at[0], byteIds));
  }

  /** Returns where the next piece starts. */
  private int lay(byte[] piece, long count, int start, int[] byteIds) {
    int end = start + piece.length;
    for (int i = 0; i < piece.length; i++) {
      setSymbol(start + i, byteIds[piece[i] & 0xFF]);
      endOf.set(start + i, end);
    }
    setSymbol(end, -1);
    cells.setLong((long) end * STRIDE + COUNT, count);
    for (int i = 0; i + 1 < piece.length; i++) {
      link(symbol(start + i), symbol(start + i + 1), start + i, count);
    }
    return end + 1;
  }

  /** How often the piece occurs in which {@code position} lies. */
  private long count(int position) {
    int end = endOf.get(position);
    return cells.getLong((long) end * STRIDE + COUNT);
  }

  private int get(int position, int part) {
    return cells.get((long) position * STRIDE + part);
  }

  private void set(int position, int part, int value) {
    cells.set((long) position * STRIDE + part, value);
  }

  PairTable pairs() {
    return pairs;
  }

  private int symbol(int position) {
    return get(position, SYMBOL);
  }

  private void setSymbol(int position, int symbol) {
    set(position, SYMBOL, symbol);
  }

  /** Replaces every place of {@code pair}, from the left of each piece, by token {@code merged}. */
  void merge(int pair, int merged) {
    int leftLength = tokenLength[pairs.left(pair)];
    int rightLength = tokenLength[pairs.right(pair)];
    for (int p = pairs.head(pair); p >= 0; p = pairs.head(pair)) {
      long count = count(p);
      unlink(p, count);
      int q = p + leftLength;
      int r = q + rightLength;
      int before = symbol(p - 1);
      if (before >= 0) {
        int start = p - tokenLength[before];
        unlink(start, count);
        link(before, merged, start, count);
      }
      int after = symbol(r);
      if (after >= 0) {
        unlink(q, count);
        link(merged, after, p, count);
      }
      setSymbol(p, merged);
      setSymbol(r - 1, merged);
    }
  }

  private void link(int left, int right, int position, long count) {
    int pair = pairs.indexOf(left, right);
    int tail = pairs.tail(pair);
    set(position, PAIR, pair);
    set(position, PREVIOUS, tail);
    set(position, NEXT, -1);
    if (tail >= 0) {
      set(tail, NEXT, position);
    } else {
      pairs.setHead(pair, position);
    }
    pairs.setTail(pair, position);
    pairs.addCount(pair, count);
  }

  private void unlink(int position, long count) {
    int pair = get(position, PAIR);
    int before = get(position, PREVIOUS);
    int after = get(position, NEXT);
    if (before >= 0) {
      set(before, NEXT, after);
    } else {
      pairs.setHead(pair, after);
    }
    if (after >= 0) {
      set(after, PREVIOUS, before);
    } else {
      pairs.setTail(pair, before);
    }
    pairs.addCount(pair, -count);
  }
}
