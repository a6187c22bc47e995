package dev.jebena.tokenizer;

/**
 * All distinct pieces of a corpus, laid end to end, while merges are applied to them.
 *
 * <p>{@code symbol[p]} is the token that starts, or ends, at byte {@code p}; −1 stands between
 * pieces, so the neighbours of a token are found from lengths alone. The places of one pair form a
 * doubly linked list through {@code previous} and {@code next}, in rising order inside a piece.
 * Thus a merge touches exactly the places where its pair stands, however long a piece is, and
 * allocates nothing: all merges together do work proportional to the bytes of the distinct pieces.
 */
final class MergeState {
  private final int[] symbol;
  private final int[] pieceOf;
  private final int[] previous;
  private final int[] next;
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
    if (total[0] > Integer.MAX_VALUE - 8) {
      throw new TokenizerException(
          "the distinct pieces have " + total[0] + " bytes, more than 2 GiB; train on a sample");
    }
    int size = (int) total[0];
    symbol = new int[size];
    pieceOf = new int[size];
    previous = new int[size];
    next = new int[size];
    pieceCount = new long[pieces.size()];
    this.tokenLength = tokenLength;
    symbol[0] = -1;
    int[] at = {1, 0};
    pieces.forEach((piece, count) -> lay(piece, count, at, byteIds));
  }

  private void lay(byte[] piece, long count, int[] at, int[] byteIds) {
    int start = at[0];
    for (int i = 0; i < piece.length; i++) {
      symbol[start + i] = byteIds[piece[i] & 0xFF];
      pieceOf[start + i] = at[1];
    }
    symbol[start + piece.length] = -1;
    pieceCount[at[1]] = count;
    for (int i = 0; i + 1 < piece.length; i++) {
      link(symbol[start + i], symbol[start + i + 1], start + i, count);
    }
    at[0] = start + piece.length + 1;
    at[1]++;
  }

  PairTable pairs() {
    return pairs;
  }

  /** Replaces every place of {@code pair}, from the left of each piece, by token {@code merged}. */
  void merge(int pair, int merged) {
    int left = pairs.left(pair);
    int right = pairs.right(pair);
    int leftLength = tokenLength[left];
    int rightLength = tokenLength[right];
    for (int p = pairs.head(pair); p >= 0; p = pairs.head(pair)) {
      long count = pieceCount[pieceOf[p]];
      unlink(pair, p, count);
      int q = p + leftLength;
      int r = q + rightLength;
      int before = symbol[p - 1];
      if (before >= 0) {
        int start = p - tokenLength[before];
        unlink(pairs.indexOf(before, left), start, count);
        link(before, merged, start, count);
      }
      int after = symbol[r];
      if (after >= 0) {
        unlink(pairs.indexOf(right, after), q, count);
        link(merged, after, p, count);
      }
      symbol[p] = merged;
      symbol[r - 1] = merged;
    }
  }

  private void link(int left, int right, int position, long count) {
    int pair = pairs.indexOf(left, right);
    int tail = pairs.tail(pair);
    previous[position] = tail;
    next[position] = -1;
    if (tail >= 0) {
      next[tail] = position;
    } else {
      pairs.setHead(pair, position);
    }
    pairs.setTail(pair, position);
    pairs.addCount(pair, count);
  }

  private void unlink(int pair, int position, long count) {
    int before = previous[position];
    int after = next[position];
    if (before >= 0) {
      next[before] = after;
    } else {
      pairs.setHead(pair, after);
    }
    if (after >= 0) {
      previous[after] = before;
    } else {
      pairs.setTail(pair, before);
    }
    pairs.addCount(pair, -count);
  }
}
