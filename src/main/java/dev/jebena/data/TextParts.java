package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A text read a part at a time; what follows the cut behind a part begins the next one. */
final class TextParts extends Documents {
  /** What an array holds, with one byte more. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 16;

  private final InputStream in;
  private final String where;
  private final String name;
  private final Parts parts;
  private byte[] rest = new byte[0];
  private long offset;
  private int part;
  private boolean ended;

  /**
   * @param where names the text in errors
   * @param name names its documents
   * @param parts how it is cut
   */
  TextParts(InputStream in, String where, String name, Parts parts) {
    this.in = in;
    this.where = where;
    this.name = name;
    this.parts = parts;
  }

  @Override
  protected Document advance() {
    if (ended) {
      return null;
    }
    var bytes = rest;
    int cut = 0;
    for (int limit = Math.max(parts.bytes(), rest.length); cut == 0; limit = twice(limit)) {
      bytes = read(bytes, limit + 1);
      ended = bytes.length <= limit;
      cut = ended ? bytes.length : parts.cutter().cut(bytes, limit);
    }
    var text = Arrays.copyOf(bytes, cut);
    int bad = TextCheck.firstBad(text);
    if (bad >= 0) {
      throw new DataException(where + ": " + TextCheck.describe(text, bad, offset));
    }
    rest = Arrays.copyOfRange(bytes, cut, bytes.length);
    offset += cut;
    part++;
    return new Document(ended && part == 1 ? name : name + "#" + part, text);
  }

  /** What is there and what follows, {@code length} bytes in all unless the text ends before. */
  private byte[] read(byte[] there, int length) {
    byte[] bytes;
    try {
      bytes = joined(there, in.readNBytes(length - there.length));
    } catch (IOException e) {
      throw new DataException(where + ": cannot be read: " + IoReason.of(e), e);
    }
    if (bytes.length == 0) {
      throw new DataException(where + ": the file is empty");
    }
    return bytes;
  }

  private int twice(int limit) {
    if (limit >= MOST_BYTES) {
      throw new DataException(
          where
              + ": %d bytes from offset %d on have no place where they could be cut"
                  .formatted(limit, offset));
    }
    return (int) Math.min(MOST_BYTES, 2L * limit);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    var both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new DataException(where + ": cannot be read: " + IoReason.of(e), e);
    }
  }
}
