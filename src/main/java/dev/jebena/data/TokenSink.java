package dev.jebena.data;

import java.util.Arrays;

/** Where the ids of a corpus are put down, in order: memory or a file. */
abstract class TokenSink implements AutoCloseable {
  private final int vocabularySize;
  private long[] starts = new long[64];
  private int documents;
  private long count;

  TokenSink(int vocabularySize) {
    this.vocabularySize = vocabularySize;
  }

  /** Puts down one id that fits. */
  abstract void put(int id);

  /** The next id begins a document: its end-of-text token. */
  final void startDocument() {
    if (documents == starts.length) {
      starts = Arrays.copyOf(starts, 2 * documents);
    }
    starts[documents++] = count;
  }

  /**
   * @param document named in the error
   */
  final void add(int id, String document) {
    if (id < 0 || id >= vocabularySize) {
      throw new DataException(
          document
              + ": token id "
              + id
              + " is outside of the vocabulary (0 to "
              + (vocabularySize - 1)
              + ")");
    }
    put(id);
    count++;
  }

  final int vocabularySize() {
    return vocabularySize;
  }

  /** Ids so far. */
  final long count() {
    return count;
  }

  /** Where each document starts, [documents]. */
  final long[] starts() {
    return Arrays.copyOf(starts, documents);
  }

  @Override
  public void close() {}
}
