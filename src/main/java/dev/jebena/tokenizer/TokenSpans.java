package dev.jebena.tokenizer;

/**
 * The ids of a text and where each came from.
 *
 * <p>Offsets in chars index the Java string, so that {@code text.substring(charStart(i),
 * charEnd(i))} is what token i covers. A token that holds only some bytes of a character covers all
 * of it, so several tokens may share a character; offsets in bytes (of the string's UTF-8) never
 * overlap.
 */
public final class TokenSpans {
  private final int[] ids;
  private final int[] byteStarts;
  private final int[] byteEnds;
  private final int[] charStarts;
  private final int[] charEnds;

  /**
   * @param byteStarts first byte of each token in {@code utf8}, rising
   * @param byteEnds one past its last byte, rising
   * @param utf8 the text, well-formed
   */
  TokenSpans(int[] ids, int[] byteStarts, int[] byteEnds, byte[] utf8) {
    this.ids = ids;
    this.byteStarts = byteStarts;
    this.byteEnds = byteEnds;
    charStarts = new int[ids.length];
    charEnds = new int[ids.length];
    int at = 0;
    int chars = 0;
    for (int i = 0; i < ids.length; i++) {
      // back to the character in which the token starts
      while (at > byteStarts[i]) {
        at--;
        while ((utf8[at] & 0xC0) == 0x80) {
          at--;
        }
        chars -= units(utf8[at]);
      }
      while (at < utf8.length && at + length(utf8[at]) <= byteStarts[i]) {
        chars += units(utf8[at]);
        at += length(utf8[at]);
      }
      charStarts[i] = chars;
      while (at < byteEnds[i]) {
        chars += units(utf8[at]);
        at += length(utf8[at]);
      }
      charEnds[i] = chars;
    }
  }

  private static int length(byte lead) {
    int b = lead & 0xFF;
    return b < 0x80 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
  }

  private static int units(byte lead) {
    return (lead & 0xFF) < 0xF0 ? 1 : 2;
  }

  /** How many tokens. */
  public int size() {
    return ids.length;
  }

  /** All ids. */
  public int[] ids() {
    return ids.clone();
  }

  /** The id of token {@code index}. */
  public int id(int index) {
    return ids[index];
  }

  /** Its first byte in the UTF-8 of the text. */
  public int byteStart(int index) {
    return byteStarts[index];
  }

  /** One past its last byte. */
  public int byteEnd(int index) {
    return byteEnds[index];
  }

  /** The first char of the text that it covers. */
  public int charStart(int index) {
    return charStarts[index];
  }

  /** One past the last char that it covers. */
  public int charEnd(int index) {
    return charEnds[index];
  }
}
