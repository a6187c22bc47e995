package dev.jebena.tokenizer;

/**
 * The working state of one thread that encodes: a cache of pieces already seen and scratch space.
 * Natural text repeats its pieces, so nearly all of the time goes into cutting and one look-up.
 */
final class BpeEncoder {
  /** Pieces kept before the cache starts anew: 64 Ki slots of half a cache line, twice over. */
  private static final int CACHED_PIECES = 1 << 16;

  private static final int LONGEST_CACHED = 64;
  private static final long ABSENT = Long.MIN_VALUE;

  private final Normalization normalization;
  private final Normalization normalizer;
  private final Normalization behindNormalizer;
  private final PreTokenizer preTokenizer;
  private final PieceTable wholePieces;
  private final PieceMerger merger;
  private final PieceTable cache = new PieceTable(1 << 9);
  private final IntList cachedIds = new IntList(1 << 10);
  private final IntList out = new IntList(256);

  /**
   * @param wholePieces pieces that are one token, with its id; shared, never written here
   */
  BpeEncoder(
      Normalization normalization,
      PreTokenizer preTokenizer,
      PieceTable wholePieces,
      PieceMerger merger) {
    this.normalization = normalization;
    normalizer = normalization.first();
    behindNormalizer = normalization.rest();
    this.preTokenizer = preTokenizer;
    this.wholePieces = wholePieces;
    this.merger = merger;
  }

  /** The ids of {@code text[from, to)}; {@code specials} are the special tokens to recognise. */
  int[] encode(byte[] text, int from, int to, SpecialTokenMatcher specials) {
    out.clear();
    int at = from;
    if (!specials.isEmpty()) {
      var reader = specials.read(text, from, to);
      while (reader.find()) {
        segment(text, at, reader.start(), at == from, specials);
        out.add(reader.id());
        at = reader.end();
      }
    }
    segment(text, at, to, at == from, specials);
    return out.takeArray();
  }

  /** How many ids {@code text[from, to)} has. */
  long count(byte[] text, int from, int to, SpecialTokenMatcher specials) {
    long count = 0;
    int at = from;
    if (!specials.isEmpty()) {
      var reader = specials.read(text, from, to);
      while (reader.find()) {
        count += 1 + countSegment(text, at, reader.start(), at == from, specials);
        at = reader.end();
      }
    }
    return count + countSegment(text, at, to, at == from, specials);
  }

  private void segment(byte[] text, int from, int to, boolean first, SpecialTokenMatcher specials) {
    if (from >= to) {
      return;
    }
    if (normalization.isNone()) {
      ordinary(text, from, to);
    } else if (specials.normalized() != null) {
      var normalized = normalizer.apply(text, from, to, first);
      var reader = specials.normalized().read(normalized, 0, normalized.length);
      int at = 0;
      while (reader.find()) {
        behindNormalizer(normalized, at, reader.start(), first && at == 0);
        out.add(reader.id());
        at = reader.end();
      }
      behindNormalizer(normalized, at, normalized.length, first && at == 0);
    } else {
      var normalized = normalization.apply(text, from, to, first);
      ordinary(normalized, 0, normalized.length);
    }
  }

  private void behindNormalizer(byte[] text, int from, int to, boolean first) {
    if (from < to) {
      var piece = behindNormalizer.apply(text, from, to, first);
      ordinary(piece, 0, piece.length);
    }
  }

  private long countSegment(
      byte[] text, int from, int to, boolean first, SpecialTokenMatcher specials) {
    if (from >= to) {
      return 0;
    }
    if (normalization.isNone()) {
      return countOrdinary(text, from, to);
    }
    if (specials.normalized() != null) {
      out.clear();
      segment(text, from, to, first, specials);
      int count = out.size();
      out.clear();
      return count;
    }
    var normalized = normalization.apply(text, from, to, first);
    return countOrdinary(normalized, 0, normalized.length);
  }

  /** The ids of a segment that is normalised already. */
  int[] encodeNormalized(byte[] text) {
    out.clear();
    ordinary(text, 0, text.length);
    return out.takeArray();
  }

  private long countOrdinary(byte[] text, int from, int to) {
    var cut = preTokenizer.over(text, from, to);
    long count = 0;
    int at = from;
    while (at < to) {
      int end = cut.pieceEnd(text, at, to);
      long known = cache.get(text, at, end, ABSENT);
      if (known == ABSENT) {
        out.clear();
        encodeNew(text, at, end);
        count += out.size();
      } else {
        count += known < 0 ? 1 : (int) known;
      }
      at = end;
    }
    out.clear();
    return count;
  }

  private void ordinary(byte[] text, int from, int to) {
    var cut = preTokenizer.over(text, from, to);
    int at = from;
    while (at < to) {
      int end = cut.pieceEnd(text, at, to);
      long known = cache.get(text, at, end, ABSENT);
      if (known == ABSENT) {
        encodeNew(text, at, end);
      } else if (known < 0) {
        out.add((int) ~known);
      } else {
        out.addAll(cachedIds.array(), (int) (known >>> 32), (int) known);
      }
      at = end;
    }
  }

  /** Cached is {@code ~id} for a single id, else the offset and number of ids in the arena. */
  private void encodeNew(byte[] text, int from, int to) {
    if (cache.size() >= CACHED_PIECES) {
      cache.clear();
      cachedIds.clear();
    }
    long whole = wholePieces.get(text, from, to, ABSENT);
    if (whole != ABSENT) {
      out.add((int) whole);
      if (to - from <= LONGEST_CACHED) {
        cache.put(text, from, to, ~whole);
      }
      return;
    }
    int before = out.size();
    merger.merge(text, from, to, out);
    int count = out.size() - before;
    if (to - from <= LONGEST_CACHED) {
      if (count == 1) {
        cache.put(text, from, to, ~(long) out.get(before));
      } else {
        cache.put(text, from, to, (long) cachedIds.size() << 32 | count);
        cachedIds.addAll(out.array(), before, count);
      }
    }
  }
}
