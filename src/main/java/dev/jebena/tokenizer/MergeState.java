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

  /** Ints in a cell. */
  private static final int STRIDE = 4;

  private static final int MOST_CELLS = (Integer.MAX_VALUE - 8) / STRIDE;

  private final int[] cells;
  private final int[] pieceOf;
  private final long[] pieceCount;
  private final int[] tokenLength;
  private final PairTable pairs = new PairTable();

  /**
   * Lays out the pieces.
   *
   * @param byteIds the id of each byte, [256]
   * @param tokenLength the length in bytes of each token, [vocabulary]; the caller fills in new
   *     ones
   */
  MergeState(PieceTable pieces, int[] byteIds, int[] tokenLength) {
    long[] total = {1};
    pieces.forEach((piece, count) -> total[0] += piece.length + 1);
    if (total[0] > MOST_CELLS) {
      throw new TokenizerException(
          "the distinct pieces have "
              + total[0]
              + " bytes, more than "
              + MOST_CELLS
              + "; train on a sample");
    }
    int size = (int) total[0];
    cells = new int[size * STRIDE];
    pieceOf = new int[size];
    pieceCount = new long[pieces.size()];
    this.tokenLength = tokenLength;
    cells[SYMBOL] = -1;
    int[] at = {1, 0};
    pieces.forEach((piece, count) -> lay(piece, count, at, byteIds));
  }

  private void lay(byte[] piece, long count, int[] at, int[] byteIds) {
    int start = at[0];
    for (int i = 0; i < piece.length; i++) {
      setSymbol(start + i, byteIds[piece[i] & 0xFF]);
      pieceOf[start + i] = at[1];
    }
    setSymbol(start + piece.length, -1);
    pieceCount[at[1]] = count;
    for (int i = 0; i + 1 < piece.length; i++) {
      link(symbol(start + i), symbol(start + i + 1), start + i, count);
    }
    at[0] = start + piece.length + 1;
    at[1]++;
  }

  PairTable pairs() {
    return pairs;
  }

  private int symbol(int position) {
    return cells[position * STRIDE + SYMBOL];
  }

  private void setSymbol(int position, int symbol) {
    cells[position * STRIDE + SYMBOL] = symbol;
  }

  /** Replaces every place of {@code pair}, from the left of each piece, by token {@code merged}. */
  void merge(int pair, int merged) {
    int leftLength = tokenLength[pairs.left(pair)];
    int rightLength = tokenLength[pairs.right(pair)];
    for (int p = pairs.head(pair); p >= 0; p = pairs.head(pair)) {
      long count = pieceCount[pieceOf[p]];
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
    int cell = position * STRIDE;
    cells[cell + PAIR] = pair;
    cells[cell + PREVIOUS] = tail;
    cells[cell + NEXT] = -1;
    if (tail >= 0) {
      cells[tail * STRIDE + NEXT] = position;
    } else {
      pairs.setHead(pair, position);
    }
    pairs.setTail(pair, position);
    pairs.addCount(pair, count);
  }

  private void unlink(int position, long count) {
    int cell = position * STRIDE;
    int pair = cells[cell + PAIR];
    int before = cells[cell + PREVIOUS];
    int after = cells[cell + NEXT];
    if (before >= 0) {
      cells[before * STRIDE + NEXT] = after;
    } else {
      pairs.setHead(pair, after);
    }
    if (after >= 0) {
      cells[after * STRIDE + PREVIOUS] = before;
    } else {
      pairs.setTail(pair, before);
    }
    pairs.addCount(pair, -count);
  }
}
