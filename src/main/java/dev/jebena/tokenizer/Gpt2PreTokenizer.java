package dev.jebena.tokenizer;

/**
 * The cut of GPT-2 (Radford et al. 2019): {@code '(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+|
 * ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}.
 *
 * <p>In words: English contractions; a run of letters, of numbers or of symbols, each with at most
 * one space (U+0020) before it; white space, of which the last character is left to the word that
 * follows (to be its leading space, or a piece of its own).
 */
public record Gpt2PreTokenizer() implements PreTokenizer {
  @Override
  public String name() {
    return "gpt2";
  }

  @Override
  public int pieceEnd(byte[] text, int start, int limit) {
    int first = text[start];
    if (first == '\'') {
      int contraction = contractionLength(text, start, limit);
      if (contraction > 0) {
        return start + contraction;
      }
    }
    int at = first == ' ' && start + 1 < limit ? start + 1 : start;
    byte kind;
    int length;
    int b = text[at];
    if (b >= 0) {
      kind = CharacterClass.ofAscii(b);
      length = 1;
    } else {
      int decoded = Utf8.decode(text, at, limit);
      kind = CharacterClass.of(decoded);
      length = Utf8.length(decoded);
    }
    return kind == CharacterClass.SPACE
        ? spaceEnd(text, start, limit)
        : runEnd(text, at + length, limit, kind);
  }

  private static int runEnd(byte[] text, int from, int limit, byte kind) {
    int at = from;
    while (at < limit) {
      int b = text[at];
      if (b >= 0) {
        if (CharacterClass.ofAscii(b) != kind) {
          return at;
        }
        at++;
      } else {
        int decoded = Utf8.decode(text, at, limit);
        if (CharacterClass.of(decoded) != kind) {
          return at;
        }
        at += Utf8.length(decoded);
      }
    }
    return limit;
  }

  /**
   * {@code \s+(?!\S)|\s+}: all of a run at the end of the text, else all but its last character.
   */
  private static int spaceEnd(byte[] text, int start, int limit) {
    int last = start;
    int at = start;
    while (at < limit) {
      int decoded = Utf8.decode(text, at, limit);
      if (CharacterClass.of(decoded) != CharacterClass.SPACE) {
        return last > start ? last : at;
      }
      last = at;
      at += Utf8.length(decoded);
    }
    return limit;
  }

  private static int contractionLength(byte[] text, int start, int limit) {
    if (start + 1 >= limit) {
      return 0;
    }
    int second = text[start + 1];
    if (second == 's' || second == 'd' || second == 'm' || second == 't') {
      return 2;
    }
    if (start + 2 >= limit) {
      return 0;
    }
    int third = text[start + 2];
    boolean known =
        second == 'l' && third == 'l' || (second == 'v' || second == 'r') && third == 'e';
    return known ? 3 : 0;
  }

  /** No piece has white space after something else: between ASCII of both kinds it must end. */
  @Override
  public int safeCut(byte[] text, int from, int limit) {
    for (int at = Math.max(from, 1); at < limit; at++) {
      int before = text[at - 1];
      if (text[at] >= 0
          && CharacterClass.ofAscii(text[at]) == CharacterClass.SPACE
          && before >= 0
          && CharacterClass.ofAscii(before) != CharacterClass.SPACE) {
        return at;
      }
    }
    return limit;
  }
}
