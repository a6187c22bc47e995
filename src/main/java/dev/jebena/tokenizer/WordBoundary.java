package dev.jebena.tokenizer;

/** Where every split pattern of the GPT family surely ends a piece. */
final class WordBoundary {
  private WordBoundary() {}

  /**
   * The first place in {@code [from, limit)} between an ASCII character that is no white space and
   * a space or tab. In none of the patterns can a blank follow anything but white space within one
   * piece: they stand at the beginning ({@code ?}, {@code [^\r\n\p{L}\p{N}]?}) or in runs of white
   * space alone. And no look-ahead of a piece that ends there reaches past it, because only runs of
   * white space look ahead.
   */
  static int next(byte[] text, int from, int limit) {
    for (int at = Math.max(from, 1); at < limit; at++) {
      int b = text[at];
      if (b == ' ' || b == '\t') {
        int before = text[at - 1];
        if (before >= 0 && (CharacterClass.ofAscii(before) & CharacterClass.SPACE) == 0) {
          return at;
        }
      }
    }
    return limit;
  }
}
