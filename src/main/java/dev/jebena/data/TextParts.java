package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A text read a part at a time; what follows the last line end of a part begins the next one. */
final class TextParts extends Documents {
  private final InputStream in;
  private final String where;
  private final String name;
  private final int partBytes;
  private byte[] rest = new byte[0];
  private long offset;
  private int part;
  private boolean ended;

  /**
   * @param where names the text in errors
   * @param name names its documents
   * @param partBytes the most bytes of a part
   */
  TextParts(InputStream in, String where, String name, int partBytes) {
    this.in = in;
    this.where = where;
    this.name = name;
    this.partBytes = partBytes;
  }

  @Override
  protected Document advance() {
    if (ended) {
      return null;
    }
    byte[] bytes;
    try {
      bytes = joined(rest, in.readNBytes(partBytes + 1 - rest.length));
    } catch (IOException e) {
      throw new DataException(where + ": cannot be read: " + IoReason.of(e), e);
    }
    if (bytes.length == 0) {
      throw new DataException(where + ": the file is empty");
    }
    ended = bytes.length <= partBytes;
    int cut = ended ? bytes.length : TextCut.atOrBefore(bytes, partBytes);
    if (cut == 0) {
      cut = partBytes; // no character starts anywhere: the check below says so
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
