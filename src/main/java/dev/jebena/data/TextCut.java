package dev.jebena.data;

/** Finds places where a text may be cut: between lines, or else between characters. */
final class TextCut {
  private TextCut() {}

  /**
   * The first line start at or after {@code from} and before the end; where there is none, the
   * first start of a character at or after {@code from}.
   */
  static int atOrAfter(byte[] utf8, int from) {
    for (int i = Math.max(from, 1); i < utf8.length; i++) {
      if (utf8[i - 1] == '\n') {
        return i;
      }
    }
    int cut = from;
    while (cut < utf8.length && isContinuation(utf8[cut])) {
      cut++;
    }
    return cut;
  }

  /**
   * The last line start at or before {@code limit} and after 0; where there is none, the last start
   * of a character at or before {@code limit}.
   */
  static int atOrBefore(byte[] utf8, int limit) {
    if (limit >= utf8.length) {
      return utf8.length;
    }
    for (int i = limit; i > 0; i--) {
      if (utf8[i - 1] == '\n') {
        return i;
      }
    }
    int cut = limit;
    while (cut > 0 && isContinuation(utf8[cut])) {
      cut--;
    }
    return cut;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }
}
