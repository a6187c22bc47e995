package dev.jebena.tokenizer;

/**
 * Merges a long piece in time proportional to its length. Holds scratch space, for one thread.
 *
 * <p>In a learned vocabulary a merge joins tokens that earlier merges made, so that merging only
 * ever makes pairs of higher rank than the one at work ({@link MergeTable#inOrder}). Ranks are
 * therefore worked off from the lowest up, each with the list of its places, and no heap is needed.
 *
 * <p>Within a rank the leftmost place comes first because lists are in rising order: all places of
 * one pair come to be while the rank that makes its younger token is worked off, from the left.
 */
final class LongPieceMerger {
  private static final int LEAST = 256;
  private static final int MOST = (Integer.MAX_VALUE - 8) / 3;

  private final MergeTable merges;

  /** First and last entry of each rank's list, plus one; 0 where it is empty. [M] */
  private final int[] first;

  private final int[] last;

  /** A bit for each rank whose list is not empty. */
  private final long[] waiting;

  private int[] entryPosition = new int[0];
  private int[] entryNext = new int[0];

  /** Where the rank at work has been merged. */
  private int[] place = new int[0];

  private int entries;

  LongPieceMerger(MergeTable merges) {
    this.merges = merges;
    first = new int[merges.size()];
    last = new int[merges.size()];
    waiting = new long[(merges.size() >>> 6) + 1];
  }

  /**
   * Merges the tokens {@code ids[0, length)}.
   *
   * @param ranks scratch, as is {@code previous}; at least {@code length} long
   * @param next becomes the list of what is left: the place of the next token, from 0 on
   */
  void merge(int[] ids, int length, int[] ranks, int[] next, int[] previous) {
    int most = 3 * length; // each merge ends one token and makes two pairs
    if (entryPosition.length < most) {
      entryPosition = new int[most];
      entryNext = new int[most];
      place = new int[length];
    }
    entries = 0;
    for (int i = 0; i < length; i++) {
      previous[i] = i - 1;
      next[i] = i + 1;
      ranks[i] = i + 1 < length ? merges.rank(ids[i], ids[i + 1]) : MergeTable.NONE;
      enter(ranks[i], i);
    }
    for (int word = 0; word < waiting.length; word++) {
      while (waiting[word] != 0) {
        int rank = (word << 6) + Long.numberOfTrailingZeros(waiting[word]);
        work(rank, ids, length, ranks, next, previous);
        waiting[word] &= waiting[word] - 1;
        first[rank] = 0;
        last[rank] = 0;
      }
    }
    if (length > 1 << 16) {
      entryPosition = new int[0];
      entryNext = new int[0];
      place = new int[0];
    }
  }

  /**
   * Merges all places of a rank, and then looks at the pairs that have come to be: so a pair of two
   * new tokens is looked up once, and those that would not have lasted are not looked up at all.
   */
  private void work(int rank, int[] ids, int length, int[] ranks, int[] next, int[] previous) {
    int merged = merges.result(rank);
    int places = 0;
    for (int entry = first[rank]; entry != 0; entry = entryNext[entry - 1]) {
      int at = entryPosition[entry - 1];
      if (ranks[at] != rank) {
        continue; // one of the two tokens has been merged away since
      }
      int gone = next[at];
      int after = next[gone];
      ids[at] = merged;
      ranks[at] = MergeTable.NONE;
      ranks[gone] = -1;
      next[at] = after;
      if (after < length) {
        previous[after] = at;
      }
      place[places++] = at;
    }
    int last = -1;
    for (int i = 0; i < places; i++) {
      int at = place[i];
      int before = previous[at];
      if (before >= 0 && before != last) {
        ranks[before] = merges.rank(ids[before], merged);
        enter(ranks[before], before);
      }
      int after = next[at];
      if (after < length) {
        ranks[at] = merges.rank(merged, ids[after]);
        enter(ranks[at], at);
      }
      last = at;
    }
  }

  private void enter(int rank, int position) {
    if (rank == MergeTable.NONE) {
      return;
    }
    entryPosition[entries] = position;
    entryNext[entries] = 0;
    int entry = ++entries;
    if (last[rank] == 0) {
      first[rank] = entry;
      waiting[rank >>> 6] |= 1L << rank;
    } else {
      entryNext[last[rank] - 1] = entry;
    }
    last[rank] = entry;
  }

  /** Whether the lists of this merger pay off for a piece of so many tokens. */
  static boolean paysFor(int length, MergeTable merges) {
    return length >= LEAST && merges.inOrder() && length <= MOST;
  }
}
