package dev.jebena.data;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The format of token files. All numbers are little-endian. Version 1 ended with the ids and is
 * still read.
 *
 * <pre>
 * offset  bytes  what
 *      0      8  "JBTOKENS"
 *      8      4  version of the format, 2
 *     12      4  bytes per id, 2 (u16) or 4 (u32)
 *     16      4  vocabulary size
 *     20      4  bytes of the tokenizer hash, at most 76
 *     24      8  number of ids
 *     32      8  number of documents
 *     40      8  bytes of UTF-8 in the documents
 *     48     76  tokenizer hash, ASCII, the rest zero
 *    124      4  CRC-32C of the 124 bytes before
 *    128         the ids, then zeros up to a multiple of 8
 *              8  for each document the position of its first id, which is its end-of-text token
 * </pre>
 */
final class TokenFile {
  static final int HEADER_BYTES = 128;

  private static final byte[] MAGIC = "JBTOKENS".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 2;
  private static final int WITHOUT_STARTS = 1;
  static final ValueLayout.OfLong START =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HASH_BYTES = 76;

  private static final int CHECKSUM_OFFSET = HEADER_BYTES - 4;

  private TokenFile() {}

  private static int checksum(ByteBuffer header) {
    var crc = new CRC32C();
    crc.update(header.array(), 0, CHECKSUM_OFFSET);
    return (int) crc.getValue();
  }

  /** All that is known of a stream of ids but the ids. */
  record Description(
      int idBytes,
      int vocabularySize,
      long count,
      long documents,
      long textBytes,
      String tokenizerHash) {
    /** Two bytes hold the ids 0 to 65,535. */
    static int idBytesFor(int vocabularySize) {
      return vocabularySize <= 1 << 16 ? 2 : 4;
    }

    /** Bytes of zeros behind the ids. */
    int padding() {
      return (int) (-(count * idBytes) & 7);
    }

    /** Where the starts of documents are. */
    long startsOffset() {
      return HEADER_BYTES + count * idBytes + padding();
    }
  }

  /** The first {@link #HEADER_BYTES} of a file, ready to be written. */
  static ByteBuffer header(Description description) {
    var hash = description.tokenizerHash().getBytes(StandardCharsets.UTF_8);
    if (hash.length > HASH_BYTES) {
      throw new DataException(
          "a tokenizer hash of " + hash.length + " bytes (at most " + HASH_BYTES + ")");
    }
    var header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putInt(VERSION).putInt(description.idBytes());
    header.putInt(description.vocabularySize()).putInt(hash.length);
    header.putLong(description.count()).putLong(description.documents());
    header.putLong(description.textBytes()).put(hash);
    header.putInt(CHECKSUM_OFFSET, checksum(header));
    return header.rewind();
  }

  /**
   * @param starts where each document starts, [documents], as {@link #START}
   */
  static void write(Path file, MemorySegment ids, MemorySegment starts, Description description) {
    var header = header(description);
    try {
      AtomicFiles.write(
          file,
          out -> {
            out.write(header.array());
            var channel = Channels.newChannel(out);
            write(channel, ids);
            out.write(new byte[description.padding()]);
            write(channel, starts.asSlice(0, 8 * description.documents()));
          });
    } catch (IOException e) {
      throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static void write(WritableByteChannel channel, MemorySegment segment) throws IOException {
    long size = segment.byteSize();
    for (long at = 0; at < size; at += 1 << 20) {
      channel.write(segment.asSlice(at, Math.min(1 << 20, size - at)).asByteBuffer());
    }
  }

  static TokenData open(Path file, String tokenizerHash) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(file + ": no such token file");
    }
    var arena = Arena.ofShared();
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var found = header(file, channel);
      var description = found.description();
      if (!description.tokenizerHash().equals(tokenizerHash)) {
        throw new DataException(
            file
                + ": made with another tokenizer (hash "
                + brief(description.tokenizerHash())
                + ", in use "
                + brief(tokenizerHash)
                + "); encode the text again");
      }
      long bytes = description.count() * description.idBytes();
      var ids = channel.map(FileChannel.MapMode.READ_ONLY, HEADER_BYTES, bytes, arena);
      var starts =
          found.version() == WITHOUT_STARTS
              ? null
              : channel.map(
                  FileChannel.MapMode.READ_ONLY,
                  description.startsOffset(),
                  8 * description.documents(),
                  arena);
      return new TokenData(arena, ids, starts, description, file.toString());
    } catch (IOException e) {
      arena.close();
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private record Found(int version, Description description) {}

  private static Found header(Path file, FileChannel channel) throws IOException {
    var header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (header.hasRemaining() && channel.read(header) >= 0) {
      // a read may bring less than asked for
    }
    if (header.hasRemaining()) {
      throw new DataException(
          file + ": not a token file, or cut off: " + channel.size() + " bytes");
    }
    header.flip();
    var magic = new byte[MAGIC.length];
    header.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new DataException(file + ": not a token file");
    }
    int version = header.getInt();
    if (version != VERSION && version != WITHOUT_STARTS) {
      throw new DataException(
          file + ": token file of version " + version + " (this is version " + VERSION + ")");
    }
    int idBytes = header.getInt();
    int vocabularySize = header.getInt();
    int hashBytes = header.getInt();
    long count = header.getLong();
    long documents = header.getLong();
    long textBytes = header.getLong();
    boolean sound =
        header.getInt(CHECKSUM_OFFSET) == checksum(header)
            && idBytes == Description.idBytesFor(vocabularySize)
            && hashBytes >= 0
            && hashBytes <= HASH_BYTES
            && count > 0
            && count <= Long.MAX_VALUE / 16
            && documents >= 0
            && documents <= count;
    if (!sound) {
      throw new DataException(file + ": a token file with a damaged header");
    }
    var hash = new byte[hashBytes];
    header.get(hash);
    var description =
        new Description(
            idBytes,
            vocabularySize,
            count,
            documents,
            textBytes,
            new String(hash, StandardCharsets.UTF_8));
    long expected =
        version == WITHOUT_STARTS
            ? HEADER_BYTES + count * idBytes
            : description.startsOffset() + 8 * documents;
    if (channel.size() != expected) {
      throw new DataException(
          file
              + ": "
              + channel.size()
              + " bytes where "
              + count
              + " tokens of "
              + documents
              + " documents take "
              + expected
              + (channel.size() < expected ? " (cut off?)" : ""));
    }
    return new Found(version, description);
  }

  private static String brief(String hash) {
    return hash.length() <= 12 ? hash : hash.substring(0, 12) + "…";
  }
}
