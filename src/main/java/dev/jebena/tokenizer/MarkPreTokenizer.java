package dev.jebena.tokenizer;

/**
 * Cuts text in which spaces are marked by U+2581 before the mark, as SentencePiece does.
 *
 * @param everyMark whether each mark begins a piece (Metaspace's split); else only one that follows
 *     another character, so that a run of marks stays together. That is no cut of the tokenizer but
 *     a place that no merge crosses, which spares merging whole texts
 */
record MarkPreTokenizer(boolean everyMark) implements PreTokenizer {
  static final String MARK = "\u2581";

  @Override
  public String name() {
    return everyMark ? "metaspace" : "none, at marks";
  }

  @Override
  public int pieceEnd(byte[] text, int start, int limit) {
    boolean inRun = isMark(text, start, limit);
    int at = start + (inRun ? 3 : 1);
    while (at < limit) {
      if (text[at] == (byte) 0xE2 && isMark(text, at, limit)) {
        if (everyMark || !inRun) {
          return at;
        }
        at += 3;
      } else {
        inRun = false;
        at++;
      }
    }
    return limit;
  }

  private static boolean isMark(byte[] text, int at, int limit) {
    return at + 2 < limit
        && text[at] == (byte) 0xE2
        && text[at + 1] == (byte) 0x96
        && text[at + 2] == (byte) 0x81;
  }

  @Override
  public int safeCut(byte[] text, int from, int limit) {
    return limit;
  }
}
