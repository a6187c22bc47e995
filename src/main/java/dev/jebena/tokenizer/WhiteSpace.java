package dev.jebena.tokenizer;

/** Runs of white space as split patterns cut them. */
final class WhiteSpace {
  private WhiteSpace() {}

  /**
   * {@code \s+(?!\S)|\s+}: all of a run at the end of the text, else all but its last character,
   * which is left to what follows; a single character is a piece.
   */
  static int leavingTheLast(byte[] text, int start, int limit) {
    int last = start;
    int at = start;
    while (at < limit) {
      if ((CharacterClass.at(text, at, limit) & CharacterClass.SPACE) == 0) {
        return last > start ? last : at;
      }
      last = at;
      at += CharacterClass.length(text, at, limit);
    }
    return limit;
  }

  /**
   * {@code \s*[\r\n]+|\s+(?!\S)|\s+}: up to the last line end of a run, else as {@link
   * #leavingTheLast}.
   *
   * @param wholeAtEnd whether {@code \s++$} comes first: a run at the end of the text is one piece,
   *     line ends in it or not
   */
  static int upToLineEnd(byte[] text, int start, int limit, boolean wholeAtEnd) {
    int last = start;
    int lineEnd = -1;
    int at = start;
    while (at < limit) {
      int kind = CharacterClass.at(text, at, limit);
      if ((kind & CharacterClass.SPACE) == 0) {
        return lineEnd > 0 ? lineEnd : last > start ? last : at;
      }
      last = at;
      at += CharacterClass.length(text, at, limit);
      if (kind == CharacterClass.LINE_END) {
        lineEnd = at;
      }
    }
    return wholeAtEnd || lineEnd < 0 ? limit : lineEnd;
  }
}
