package dev.jebena.data;

import java.util.Arrays;

/** Makes sure that a text is UTF-8 while it goes by in parts; NUL is allowed. */
public final class Utf8Check {
  private final String name;

  /** The beginning of a character whose rest is still to come. */
  private byte[] rest = new byte[0];

  /** Bytes that were before {@link #rest}. */
  private long checked;

  /**
   * @param name what the text is, for the error
   */
  public Utf8Check(String name) {
    this.name = name;
  }

  /**
   * The next part, {@code bytes[from, to)}.
   *
   * @throws DataException naming the offset in the text of the first byte that is no UTF-8
   */
  public void accept(byte[] bytes, int from, int to) {
    var text = Arrays.copyOf(rest, rest.length + to - from);
    System.arraycopy(bytes, from, text, rest.length, to - from);
    int at = 0;
    while (at < text.length) {
      int length = text[at] >= 0 ? 1 : TextCheck.sequenceLength(text, at);
      if (length == 0) {
        if (text.length - at >= TextCheck.expectedLength(text[at])) {
          throw wrong(text, at);
        }
        break; // its end, if it has one, comes with the next part
      }
      at += length;
    }
    rest = Arrays.copyOfRange(text, at, text.length);
    checked += at;
  }

  /**
   * There is no more.
   *
   * @throws DataException if a character is cut off
   */
  public void end() {
    if (rest.length > 0) {
      throw wrong(rest, 0);
    }
  }

  private DataException wrong(byte[] text, int at) {
    return new DataException(name + ": " + TextCheck.describe(text, at, checked));
  }
}
