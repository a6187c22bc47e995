package dev.jebena.tokenizer;

/**
 * Finds where a text may be cut of which only the beginning is there: no piece and no special token
 * lies across the place, whatever follows.
 *
 * @param preTokenizer cuts what is between special tokens
 * @param recognised special tokens that cut the text
 * @param all special tokens that must not be cut through
 */
record StreamCut(
    PreTokenizer preTokenizer, SpecialTokenMatcher recognised, SpecialTokenMatcher all) {
  /** The last such place that is known in {@code text[0, size)}; 0 if there is none. */
  int last(byte[] text, int size) {
    int limit = size - all.longest(); // special tokens that begin before are there to their end
    int from = recognised.endOfLast(text, limit, size);
    while (limit > from) {
      int cut = preTokenizer.lastCut(text, from, limit);
      if (cut == from || all.endOfTokenAcross(text, 0, cut) == cut) {
        return cut;
      }
      limit = cut;
    }
    return from;
  }
}
