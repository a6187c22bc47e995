package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * Applies merges to one piece: again and again the pair of lowest rank, the leftmost first. Holds
 * scratch space, so each thread has its own.
 *
 * <p>Short pieces scan for the minimum: quadratic, but in a few cache lines. Longer ones keep the
 * pairs in a heap and the tokens in a linked list: n log n; or go to {@link LongPieceMerger} where
 * the vocabulary allows it. Very long ones are merged block by block, so that lists and heap stay
 * in the cache: that is what lets a megabyte of one letter take about as long as a megabyte of
 * prose.
 *
 * <p>Blocks are put together exactly. Tokens in a row are what merging leaves of their text if, for
 * each two neighbours, they are what it leaves of the text of these two: a first merge that crossed
 * a boundary between them would cross it there, too. Inside of blocks that is known, so only the
 * two tokens at a seam have to be looked at; and where they are merged, some tokens around it. Of
 * blocks in a row that are the same, one is merged.
 */
final class PieceMerger {
  private static final int SHORT = 40;

  /** Symbols in a block: their lists take about 40 KiB. */
  private static final int BLOCK = 1 << 10;

  /** Tokens at the end of a block that are merged again with what follows: most seams then fit. */
  private static final int OVERLAP = 2;

  private static final int MOST_BLOCKS_AT_A_SEAM = 4;

  private final int block;

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
    this(merges, alphabet, BLOCK);
  }

  /**
   * @param block symbols that are merged at once in very long pieces
   */
  PieceMerger(MergeTable merges, Alphabet alphabet, int block) {
    this.block = block;
    this.merges = merges;
    this.alphabet = alphabet;
  }

  /** Appends the ids of the piece {@code text[from, to)} to {@code out}. */
  void merge(byte[] text, int from, int to, IntList out) {
    if (to - from > 2 * block) {
      var symbols = new int[to - from];
      int length = alphabet.start(text, from, to, symbols);
      mergeBlocks(symbols, length, out);
      return;
    }
    reserveIds(to - from);
    mergeIds(alphabet.start(text, from, to, ids), out, null);
  }

  private void reserveIds(int length) {
    if (ids.length < length) {
      ids = new int[length];
      ranks = new int[length];
    }
  }

  /**
   * Merges {@code ids[0, length)}.
   *
   * @param spans gets how many symbols each token was made of; null where nobody asks
   */
  private void mergeIds(int length, IntList out, IntList spans) {
    if (length <= SHORT && spans == null) {
      mergeShort(length, out);
    } else if (LongPieceMerger.paysFor(length, merges)) {
      reserve(length);
      if (longPieces == null) {
        longPieces = new LongPieceMerger(merges);
      }
      longPieces.merge(ids, length, ranks, next, previous);
      takeList(length, out, spans);
    } else {
      mergeLong(length);
      takeList(length, out, spans);
    }
  }

  private void takeList(int length, IntList out, IntList spans) {
    for (int i = 0; i < length; i = next[i]) {
      out.add(ids[i]);
      if (spans != null) {
        spans.add(next[i] - i);
      }
    }
  }

  private void mergeBlocks(int[] symbols, int length, IntList out) {
    var tokens = new IntList(length >> 2);
    var spans = new IntList(length >> 2);
    var blockTokens = new IntList(block);
    var blockSpans = new IntList(block);
    int from = 0;
    int expected = -1;
    int merged = -1; // where the block began whose tokens stand in the lists
    int mergedEnd = -1;
    while (true) {
      int to = length - from <= block + (block >> 1) ? length : from + block;
      // of equal blocks in a row, as in long rules and zeros, one is merged
      if (merged < 0 || !Arrays.equals(symbols, from, to, symbols, merged, mergedEnd)) {
        mergeRange(symbols, from, to, blockTokens, blockSpans);
      }
      merged = from;
      mergedEnd = to;
      boolean fits = tokens.size() == 0 || blockTokens.get(0) == expected;
      if (!fits) {
        merged = -1;
        if (!join(symbols, from, tokens, spans, blockTokens, blockSpans)) {
          break;
        }
      }
      if (to == length) {
        tokens.addAll(blockTokens.array(), 0, blockTokens.size());
        out.addAll(tokens.array(), 0, tokens.size());
        return;
      }
      int kept = blockTokens.size() - Math.min(OVERLAP, blockTokens.size() >> 1);
      int next = to - sum(blockSpans, kept, blockSpans.size());
      if (next < from + (block >> 2)) {
        break; // tokens are nearly as long as blocks, which then get nowhere
      }
      tokens.addAll(blockTokens.array(), 0, kept);
      spans.addAll(blockSpans.array(), 0, kept);
      expected = blockTokens.get(kept);
      from = next;
    }
    reserveIds(length);
    System.arraycopy(symbols, 0, ids, 0, length);
    mergeIds(length, out, null);
    release();
  }

  private void mergeRange(int[] symbols, int from, int to, IntList tokens, IntList spans) {
    reserveIds(to - from);
    System.arraycopy(symbols, from, ids, 0, to - from);
    tokens.clear();
    spans.clear();
    mergeIds(to - from, tokens, spans);
  }

  /**
   * Merges again what stands around the seam of {@code tokens} and a block that begins at {@code
   * seam}, until both ends of that come out as they were. Puts all into the block, and takes from
   * {@code tokens} what went there.
   *
   * @return false where that would be too long
   */
  private boolean join(
      int[] symbols,
      int seam,
      IntList tokens,
      IntList spans,
      IntList blockTokens,
      IntList blockSpans) {
    var middle = new IntList(64);
    var middleSpans = new IntList(64);
    for (int width = 1; ; width *= 4) {
      int left = Math.min(width, tokens.size());
      int right = Math.min(width, blockTokens.size());
      int from = seam - sum(spans, spans.size() - left, spans.size());
      int to = seam + sum(blockSpans, 0, right);
      if (to - from > MOST_BLOCKS_AT_A_SEAM * block) {
        return false;
      }
      mergeRange(symbols, from, to, middle, middleSpans);
      boolean leftFits = left == tokens.size() || middle.get(0) == tokens.get(tokens.size() - left);
      boolean rightFits =
          right == blockTokens.size()
              || middle.get(middle.size() - 1) == blockTokens.get(right - 1);
      if (leftFits && rightFits) {
        tokens.truncate(tokens.size() - left);
        spans.truncate(spans.size() - left);
        middle.addAll(blockTokens.array(), right, blockTokens.size() - right);
        middleSpans.addAll(blockSpans.array(), right, blockSpans.size() - right);
        blockTokens.clear();
        blockTokens.addAll(middle.array(), 0, middle.size());
        blockSpans.clear();
        blockSpans.addAll(middleSpans.array(), 0, middleSpans.size());
        return true;
      }
    }
  }

  private static int sum(IntList spans, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += spans.get(i);
    }
    return sum;
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

  private void mergeLong(int length) {
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
