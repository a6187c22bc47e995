package dev.jebena.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Token ids in off-heap memory that grows. */
final class TokenBuffer extends TokenSink {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int idBytes;
  private Arena arena = Arena.ofShared();
  private MemorySegment segment;
  private long capacity = 1 << 16;

  TokenBuffer(int vocabularySize) {
    super(vocabularySize);
    idBytes = TokenFile.Description.idBytesFor(vocabularySize);
    segment = arena.allocate(capacity * idBytes, 64);
  }

  @Override
  void put(int id) {
    if (count() == capacity) {
      grow();
    }
    if (idBytes == 2) {
      segment.set(SHORT, count() * 2, (short) id);
    } else {
      segment.set(INT, count() * 4, id);
    }
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
  TokenData finish(long textBytes, String tokenizerHash, String source) {
    var starts = starts();
    var description =
        new TokenFile.Description(
            idBytes, vocabularySize(), count(), starts.length, textBytes, tokenizerHash);
    var documents = arena.allocate(Math.max(8, 8L * starts.length), 8);
    MemorySegment.copy(starts, 0, documents, TokenFile.START, 0, starts.length);
    return new TokenData(
        arena, segment.asSlice(0, count() * idBytes), documents, description, source);
  }

  @Override
  public void close() {
    arena.close();
  }
}
