package dev.jebena.tokenizer;

/** English contractions: 's 'd 'm 't 'll 've 're. */
final class Contraction {
  private Contraction() {}

  /** The length of {@code '(?:[sdmt]|ll|ve|re)} at {@code at}; 0 where it does not match. */
  static int length(byte[] text, int at, int limit) {
    if (at + 1 >= limit || text[at] != '\'') {
      return 0;
    }
    int second = text[at + 1];
    if (second == 's' || second == 'd' || second == 'm' || second == 't') {
      return 2;
    }
    return at + 2 < limit && isPair(second, text[at + 2]) ? 3 : 0;
  }

  /**
   * The length of {@code (?i:'(?:[sdmt]|ll|ve|re))} at {@code at}; 0 where it does not match. By
   * Unicode's simple case folding the long s, U+017F, is an s.
   */
  static int lengthIgnoringCase(byte[] text, int at, int limit) {
    if (at + 1 >= limit || text[at] != '\'') {
      return 0;
    }
    int second = text[at + 1] | 0x20;
    if (text[at + 1] >= 0) {
      if (second == 's' || second == 'd' || second == 'm' || second == 't') {
        return 2;
      }
      return at + 2 < limit && text[at + 2] >= 0 && isPair(second, text[at + 2] | 0x20) ? 3 : 0;
    }
    boolean longS = at + 2 < limit && text[at + 1] == (byte) 0xC5 && text[at + 2] == (byte) 0xBF;
    return longS ? 3 : 0;
  }

  private static boolean isPair(int second, int third) {
    return second == 'l' && third == 'l' || (second == 'v' || second == 'r') && third == 'e';
  }
}
