package dev.jebena.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Documents as one stream of token ids: the end-of-text token, a document, the end-of-text token,
 * the next document, and so on. Every token of a document thus has something to be predicted from.
 *
 * <p>Ids lie off the heap, two bytes each where the vocabulary has at most 65,536 entries and four
 * where it is larger; a file written by {@link #write} is mapped, not read. Thread-safe until
 * closed.
 */
public final class TokenData implements AutoCloseable {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final MemorySegment ids;
  private final MemorySegment starts;
  private final TokenFile.Description description;
  private final String source;

  /**
   * @param ids little-endian, as wide as {@code description} says
   * @param starts where each document starts, as {@link TokenFile#START}; null where it is not
   *     known
   * @param source named in errors
   */
  TokenData(
      Arena arena,
      MemorySegment ids,
      MemorySegment starts,
      TokenFile.Description description,
      String source) {
    this.arena = arena;
    this.ids = ids;
    this.starts = starts;
    this.description = description;
    this.source = source;
  }

  /**
   * Encodes a corpus. Documents are shared out over {@code threads} threads; the ids do not depend
   * on how many.
   *
   * @throws DataException if the corpus cannot be read, or a token is outside of the vocabulary
   */
  public static TokenData encode(Corpus corpus, Encoding encoding, int threads) {
    return new CorpusEncoder(encoding, threads).encode(corpus);
  }

  /**
   * As {@link #encode}, straight into a file, whole or not at all: memory does not grow with the
   * corpus. {@link #open} maps it.
   *
   * @throws DataException if the corpus cannot be read, a token is outside of the vocabulary, or
   *     the file cannot be written
   */
  public static WrittenTokens encodeTo(Path file, Corpus corpus, Encoding encoding, int threads) {
    return new CorpusEncoder(encoding, threads).encodeTo(file, corpus);
  }

  /**
   * Maps a file that {@link #write} made.
   *
   * @param tokenizerHash of the tokenizer in use
   * @throws DataException if the file is missing, is none of ours, was cut off, or was made with
   *     another tokenizer
   */
  public static TokenData open(Path file, String tokenizerHash) {
    return TokenFile.open(file, tokenizerHash);
  }

  /** Writes a token file, whole or not at all. */
  public void write(Path file) {
    if (starts == null) {
      throw noStarts();
    }
    TokenFile.write(file, ids, starts, description);
  }

  /** How many ids there are, end-of-text tokens included. */
  public long count() {
    return description.count();
  }

  /** Bytes of UTF-8 that the documents have together. */
  public long textBytes() {
    return description.textBytes();
  }

  /** How many documents. */
  public long documents() {
    return description.documents();
  }

  /**
   * The position of the first id of document {@code index}, its end-of-text token. The document
   * ends where the next one starts.
   *
   * @throws DataException if the file was written before documents had their places in it
   */
  public long documentStart(long index) {
    if (starts == null) {
      throw noStarts();
    }
    return starts.get(TokenFile.START, 8 * Objects.checkIndex(index, documents()));
  }

  private DataException noStarts() {
    return new DataException(
        source + ": a token file of the first version does not say where documents start");
  }

  /** V: token numbers are from 0 to below it. */
  public int vocabularySize() {
    return description.vocabularySize();
  }

  /** Hash of the tokenizer that made the ids. */
  public String tokenizerHash() {
    return description.tokenizerHash();
  }

  /** Bytes per id: 2 or 4. */
  public int idBytes() {
    return description.idBytes();
  }

  /** The id at {@code position}, from 0 to count − 1. */
  public int get(long position) {
    return description.idBytes() == 2
        ? ids.get(SHORT, position * 2) & 0xFFFF
        : ids.get(INT, position * 4);
  }

  /**
   * Copies the ids from {@code position} on; after the last one the stream goes on with the first.
   */
  public void copyCircular(long position, int[] target, int offset, int length) {
    long at = position % count();
    for (int i = 0; i < length; i++) {
      target[offset + i] = get(at);
      if (++at == count()) {
        at = 0;
      }
    }
  }

  /**
   * Makes sure that at least one context can be cut out.
   *
   * @param contextLength T: ids that a model sees at once
   * @throws DataException saying how many ids there are and how many it takes
   */
  public void requireContext(int contextLength) {
    if (count() < contextLength + 1L) {
      throw new DataException(
          source
              + ": "
              + count()
              + " tokens are too few for one context: it takes "
              + (contextLength + 1L)
              + " (context length "
              + contextLength
              + " and the token after it); give more text or a shorter context");
    }
  }

  /** Where the ids came from, for people. */
  String source() {
    return source;
  }

  /** Unmaps or frees the ids; later use is an error. */
  @Override
  public void close() {
    arena.close();
  }
}
