package dev.jebena.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Puts ids down in a token file as they come; the header is written last, into its place. */
final class TokenFileWriter extends TokenSink {
  private final FileChannel file;
  private final int idBytes;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);

  TokenFileWriter(FileChannel file, int vocabularySize) throws IOException {
    super(vocabularySize);
    this.file = file;
    idBytes = TokenFile.Description.idBytesFor(vocabularySize);
    file.position(TokenFile.HEADER_BYTES);
  }

  @Override
  void put(int id) {
    if (buffer.remaining() < idBytes) {
      flush();
    }
    if (idBytes == 2) {
      buffer.putShort((short) id);
    } else {
      buffer.putInt(id);
    }
  }

  private void flush() {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.clear();
  }

  /** Writes what comes behind the ids and before them. */
  TokenFile.Description finish(long textBytes, String tokenizerHash) throws IOException {
    flush();
    var starts = starts();
    var description =
        new TokenFile.Description(
            idBytes, vocabularySize(), count(), starts.length, textBytes, tokenizerHash);
    var header = TokenFile.header(description);
    buffer.position(description.padding());
    for (int i = 0; i < description.padding(); i++) {
      buffer.put(i, (byte) 0);
    }
    for (long start : starts) {
      if (buffer.remaining() < 8) {
        flush();
      }
      buffer.putLong(start);
    }
    flush();
    for (long at = 0; header.hasRemaining(); ) {
      at += file.write(header, at);
    }
    return description;
  }
}
