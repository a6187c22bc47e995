package dev.jebena.tokenizer;

/**
 * The cut of GPT-4o (tiktoken's o200k): as cl100k, but a word also ends before a capital inside it
 * ({@code camelCase} is two pieces), keeps the contraction behind it, and symbols keep slashes.
 */
public record O200kPreTokenizer() implements PreTokenizer {
  private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

  /** {@code [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]}. */
  private static final int HEAD =
      CharacterClass.UPPER | CharacterClass.CASELESS | CharacterClass.MARK;

  /** {@code [\p{Ll}\p{Lm}\p{Lo}\p{M}]}. */
  private static final int TAIL =
      CharacterClass.LOWER | CharacterClass.CASELESS | CharacterClass.MARK;

  @Override
  public String name() {
    return "o200k";
  }

  @Override
  public String regex() {
    var before = "[^\\r\\n\\p{L}\\p{N}]?";
    var head = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    var tail = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    return before
        + head
        + "*"
        + tail
        + "+"
        + CONTRACTION
        + "|"
        + before
        + head
        + "+"
        + tail
        + "*"
        + CONTRACTION
        + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  @Override
  public int pieceEnd(byte[] text, int start, int limit) {
    int first = CharacterClass.at(text, start, limit);
    if (first == CharacterClass.NUMBER) {
      return CharacterClass.numbersEnd(text, start, limit, 3);
    }
    int second = start + CharacterClass.length(text, start, limit);
    boolean takesOne = (first & (CharacterClass.LETTER | CharacterClass.LINE_END)) == 0;
    int word = wordEnd(text, start, second, limit, takesOne, first);
    if (word > 0) {
      return word + Contraction.lengthIgnoringCase(text, word, limit);
    }
    boolean symbols =
        (first & CharacterClass.SYMBOL) != 0
            || text[start] == ' '
                && second < limit
                && (CharacterClass.at(text, second, limit) & CharacterClass.SYMBOL) != 0;
    if (symbols) {
      int at = CharacterClass.runEnd(text, second, limit, CharacterClass.SYMBOL);
      while (at < limit && (text[at] == '\r' || text[at] == '\n' || text[at] == '/')) {
        at++;
      }
      return at;
    }
    return WhiteSpace.upToLineEnd(text, start, limit, false);
  }

  /** The first two alternatives, each first with and then without a character before the word. */
  private static int wordEnd(
      byte[] text, int start, int second, int limit, boolean takesOne, int first) {
    if (takesOne && second < limit) {
      int end = withTail(text, second, limit);
      if (end > 0) {
        return end;
      }
    }
    if ((first & (HEAD | TAIL)) != 0) {
      int end = withTail(text, start, limit);
      if (end > 0) {
        return end;
      }
    }
    if (takesOne && second < limit) {
      int end = withHead(text, second, limit);
      if (end > second) {
        return end;
      }
    }
    int end = (first & HEAD) != 0 ? withHead(text, start, limit) : start;
    return end > start ? end : -1;
  }

  /**
   * {@code HEAD*TAIL+}; −1 where it does not match. Where no small letter follows the head, the
   * head gives back characters until one is left over that can be a tail as well.
   */
  private static int withTail(byte[] text, int from, int limit) {
    int at = from;
    int lastBoth = -1;
    while (at < limit) {
      int kind = CharacterClass.at(text, at, limit);
      if ((kind & HEAD) == 0) {
        if ((kind & TAIL) != 0) {
          return CharacterClass.runEnd(text, at, limit, TAIL);
        }
        break;
      }
      int length = CharacterClass.length(text, at, limit);
      at += length;
      if ((kind & TAIL) != 0) {
        lastBoth = at;
      }
    }
    return lastBoth;
  }

  /** {@code HEAD+TAIL*}; {@code from} where it does not match. */
  private static int withHead(byte[] text, int from, int limit) {
    int head = CharacterClass.runEnd(text, from, limit, HEAD);
    return head == from ? from : CharacterClass.runEnd(text, head, limit, TAIL);
  }

  @Override
  public int safeCut(byte[] text, int from, int limit) {
    return WordBoundary.next(text, from, limit);
  }
}
