package dev.jebena.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Token ids in off-heap memory that grows. */
final class TokenBuffer implements AutoCloseable {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int vocabularySize;
  private final int idBytes;
  private Arena arena = Arena.ofShared();
  private MemorySegment segment;
  private long count;
  private long capacity = 1 << 16;

  TokenBuffer(int vocabularySize) {
    this.vocabularySize = vocabularySize;
    idBytes = TokenFile.Description.idBytesFor(vocabularySize);
    segment = arena.allocate(capacity * idBytes, 64);
  }

  /**
   * @param document named in the error
   */
  void add(int id, String document) {
    if (id < 0 || id >= vocabularySize) {
      throw new DataException(
          document
              + ": token id "
              + id
              + " is outside of the vocabulary (0 to "
              + (vocabularySize - 1)
              + ")");
    }
    if (count == capacity) {
      grow();
    }
    if (idBytes == 2) {
      segment.set(SHORT, count * 2, (short) id);
    } else {
      segment.set(INT, count * 4, id);
    }
    count++;
  }

  private void grow() {
    var larger = Arena.ofShared();
    var copy = larger.allocate(capacity * 2 * idBytes, 64);
    MemorySegment.copy(segment, 0, copy, 0, capacity * idBytes);
    arena.close();
    arena = larger;
    segment = copy;
    capacity *= 2;
  }

  /** Hands the ids over; this buffer must not be used or closed any more. */
  TokenData finish(long documents, long textBytes, String tokenizerHash, String source) {
    var description =
        new TokenFile.Description(
            idBytes, vocabularySize, count, documents, textBytes, tokenizerHash);
    return new TokenData(arena, segment.asSlice(0, count * idBytes), description, source);
  }

  @Override
  public void close() {
    arena.close();
  }
}
