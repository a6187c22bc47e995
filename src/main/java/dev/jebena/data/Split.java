package dev.jebena.data;

import dev.jebena.data.Document.ContentHash;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A corpus in two: what is trained on and what is only ever measured on.
 *
 * <p>Documents are drawn by a seeded hash of their content until about {@value #FRACTION} of all
 * bytes is held out, so that exact duplicates stay together and adding a file elsewhere moves
 * nothing. Where every document is too large for that, one that is at most a tenth of the corpus is
 * held out whole; where there is none either (a single document, say), the last tenth of one
 * document, from a line start on.
 *
 * @param train without any held-out text
 * @param heldOut never trained on
 * @param heldOutBytes bytes of UTF-8 in it
 */
public record Split(Corpus train, Corpus heldOut, long heldOutBytes) {
  /** The share that is held out. */
  public static final double FRACTION = 0.015;

  /** The most that is held out unless told otherwise. */
  public static final long MAX_BYTES = 1L << 20;

  /** Holds out at most {@link #MAX_BYTES}. */
  public static Split of(Corpus corpus, long seed) {
    return of(corpus, seed, MAX_BYTES);
  }

  /**
   * Splits {@code corpus}, reading it once.
   *
   * @param maxBytes the most that is held out: an evaluation reads all of it
   * @throws DataException where the corpus is too short to be split
   */
  public static Split of(Corpus corpus, long seed, long maxBytes) {
    if (maxBytes < 1) {
      throw new DataException("a hold-out of " + maxBytes + " bytes measures nothing");
    }
    var groups = groups(corpus, seed);
    long total = groups.values().stream().mapToLong(Group::bytes).sum();
    var order =
        groups.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<ContentHash, Group> e) -> e.getValue().key())
                    .thenComparingLong(e -> e.getKey().low()))
            .toList();
    long budget = Math.min(maxBytes, (long) (FRACTION * total));
    var held = new HashSet<ContentHash>();
    long bytes = 0;
    for (var entry : order) {
      long size = entry.getValue().bytes();
      if (bytes + size <= budget) {
        held.add(entry.getKey());
        bytes += size;
      } else if (bytes >= budget / 2) {
        break; // going on would only look for small ones, and a hold-out of those is not typical
      }
    }
    if (held.isEmpty()) {
      long most = Math.min(maxBytes, total / 10);
      for (var entry : order) {
        if (entry.getValue().bytes() <= most) {
          held.add(entry.getKey());
          bytes = entry.getValue().bytes();
          break;
        }
      }
    }
    return held.isEmpty()
        ? tailOf(corpus, order.getFirst().getKey(), maxBytes)
        : new Split(
            new Part(corpus, d -> held.contains(d.contentHash()) ? null : d),
            new Part(corpus, d -> held.contains(d.contentHash()) ? d : null),
            bytes);
  }

  /** Documents of one content: their bytes together and their place in the seeded order. */
  private record Group(long bytes, long key) {
    Group with(int more) {
      return new Group(bytes + more, key);
    }
  }

  private static Map<ContentHash, Group> groups(Corpus corpus, long seed) {
    var groups = new LinkedHashMap<ContentHash, Group>();
    try (var reading = corpus.open()) {
      while (reading.hasNext()) {
        var document = reading.next();
        var hash = document.contentHash();
        groups.merge(
            hash,
            new Group(document.byteCount(), SeededOrder.key(seed, hash.high())),
            (old, added) -> old.with(document.byteCount()));
      }
    }
    if (groups.isEmpty()) {
      throw new DataException(corpus.description() + ": there is no text to split");
    }
    return groups;
  }

  private static Split tailOf(Corpus corpus, ContentHash hash, long maxBytes) {
    long bytes = 0;
    try (var reading = corpus.open()) {
      while (reading.hasNext()) {
        var document = reading.next();
        if (document.contentHash().equals(hash)) {
          int size = document.byteCount();
          int cut = cut(document, maxBytes);
          if (cut == 0 || cut == size) {
            throw new DataException(
                corpus.description()
                    + ": "
                    + size
                    + " bytes are too few to hold a part of them out");
          }
          bytes += size - cut;
        }
      }
    }
    UnaryOperator<Document> head =
        d -> d.contentHash().equals(hash) ? slice(d, 0, cut(d, maxBytes)) : d;
    UnaryOperator<Document> tail =
        d -> d.contentHash().equals(hash) ? slice(d, cut(d, maxBytes), d.byteCount()) : null;
    return new Split(new Part(corpus, head), new Part(corpus, tail), bytes);
  }

  private static int cut(Document document, long maxBytes) {
    int size = document.byteCount();
    int wanted = size - (int) Math.min(maxBytes, (size + 9L) / 10);
    int cut = TextCut.atOrAfter(document.utf8(), wanted);
    // In a very short text the last tenth may lie within one character: then that one is held out.
    return cut < size ? cut : TextCut.atOrBefore(document.utf8(), wanted);
  }

  private static Document slice(Document document, int from, int to) {
    return new Document(document.name(), Arrays.copyOfRange(document.utf8(), from, to));
  }

  /**
   * One side of a split.
   *
   * @param share what this side has of a document; null where it has nothing
   */
  private record Part(Corpus whole, UnaryOperator<Document> share) implements Corpus {
    @Override
    public String description() {
      return whole.description();
    }

    @Override
    public Documents open(Predicate<String> wanted) {
      var reading = whole.open(wanted);
      return new Documents() {
        @Override
        protected Document advance() {
          while (reading.hasNext()) {
            var document = share.apply(reading.next());
            if (document != null) {
              return document;
            }
          }
          return null;
        }

        @Override
        public long skipped() {
          return reading.skipped();
        }

        @Override
        public void close() {
          reading.close();
        }
      };
    }
  }
}
