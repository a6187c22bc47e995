package dev.jebena.tokenizer;

/** What merging starts from: the tokens of a piece before any merge. Immutable. */
sealed interface Alphabet {
  /**
   * Writes the first tokens of {@code text[from, to)} into {@code ids}.
   *
   * @return how many; at most one for each byte
   */
  int start(byte[] text, int from, int to, int[] ids);

  /**
   * A token for every byte.
   *
   * @param ids the id of each, [256]
   */
  record Bytes(int[] ids) implements Alphabet {
    @Override
    public int start(byte[] text, int from, int to, int[] out) {
      for (int i = from; i < to; i++) {
        out[i - from] = ids[text[i] & 0xFF];
      }
      return to - from;
    }
  }

  /**
   * A token for each known character, as SentencePiece has it; other characters are spelled in
   * bytes, or all of them are one unknown token.
   *
   * @param characters the ids of characters by their UTF-8
   * @param byteIds the id of each byte, [256], or null where characters do not fall back on bytes
   * @param unknown the id of the unknown token; −1 where an unknown character is an error
   * @param fuse whether unknown characters in a row are one token
   */
  record Characters(PieceTable characters, int[] byteIds, int unknown, boolean fuse)
      implements Alphabet {
    @Override
    public int start(byte[] text, int from, int to, int[] out) {
      int count = 0;
      boolean afterUnknown = false;
      for (int at = from; at < to; ) {
        int decoded = Utf8.decode(text, at, to);
        int end = at + Utf8.length(decoded);
        long id = characters.get(text, at, end, -1);
        if (id >= 0) {
          out[count++] = (int) id;
          afterUnknown = false;
        } else if (byteIds != null) {
          for (int i = at; i < end; i++) {
            out[count++] = byteIds[text[i] & 0xFF];
          }
        } else if (unknown >= 0) {
          if (!fuse || !afterUnknown) {
            out[count++] = unknown;
          }
          afterUnknown = true;
        } else {
          throw new TokenizerException(
              "the vocabulary has no token for U+%04X, none for its bytes and none for the unknown"
                  .formatted(Utf8.codePoint(decoded)));
        }
        at = end;
      }
      return count;
    }
  }
}
