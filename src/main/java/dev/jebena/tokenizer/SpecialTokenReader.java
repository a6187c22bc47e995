package dev.jebena.tokenizer;

/**
 * The special and added tokens of one text, from left to right, as Hugging Face's library finds
 * them: those that are sought first cut the text, and in each part the others are sought, which see
 * nothing beyond it.
 */
final class SpecialTokenReader {
  private final SpecialTokenMatcher matcher;
  private final byte[] text;
  private final int begin;
  private final int limit;

  /** Where the next search starts; a token may reach further, over white space behind it. */
  private int search;

  /** Where the last token of this level ended. */
  private int done;

  private int foundStart;
  private int foundEnd;
  private int foundToken;

  /** Reads the part before what this level has found; null where there is one level. */
  private SpecialTokenReader part;

  private boolean pending;
  private boolean ended;
  private int start;
  private int end;
  private int id;

  SpecialTokenReader(SpecialTokenMatcher matcher, byte[] text, int from, int to) {
    this.matcher = matcher;
    this.text = text;
    begin = from;
    limit = to;
    search = from;
    done = from;
  }

  /** Goes to the next token; false if there is none. */
  boolean find() {
    if (matcher.late() == null) {
      if (!findHere()) {
        return false;
      }
      return found(foundStart, foundEnd, matcher.id(foundToken));
    }
    while (true) {
      if (part != null) {
        if (part.find()) {
          return found(part.start, part.end, part.id);
        }
        part = null;
        if (pending) {
          pending = false;
          return found(foundStart, foundEnd, matcher.id(foundToken));
        }
      }
      if (ended) {
        return false;
      }
      int from = done;
      pending = findHere();
      ended = !pending;
      int to = pending ? foundStart : limit;
      part = new SpecialTokenReader(matcher.late(), text, from, Math.max(from, to));
    }
  }

  private boolean found(int start, int end, int id) {
    this.start = start;
    this.end = end;
    this.id = id;
    return true;
  }

  private boolean findHere() {
    while (true) {
      long match = matcher.next(text, search, limit);
      if (match < 0) {
        return false;
      }
      int from = SpecialTokenMatcher.position(match);
      int to = from + matcher.length(match);
      search = to;
      foundToken = (int) match;
      var rule = matcher.rule(foundToken);
      if (rule.singleWord() && (wordEndsAt(from) || wordStartsAt(to))) {
        continue;
      }
      if (rule.lstrip()) {
        from = Math.max(done, spaceBefore(from));
      }
      if (rule.rstrip()) {
        to = CharacterClass.runEnd(text, to, limit, CharacterClass.SPACE);
      }
      foundStart = from;
      foundEnd = to;
      done = to;
      return true;
    }
  }

  /** Where the white space before {@code at} begins. */
  private int spaceBefore(int at) {
    int from = at;
    while (from > begin) {
      int before = characterBefore(from);
      if ((CharacterClass.at(text, before, from) & CharacterClass.SPACE) == 0) {
        break;
      }
      from = before;
    }
    return from;
  }

  private int characterBefore(int at) {
    int from = at - 1;
    while (from > begin && at - from < 4 && (text[from] & 0xC0) == 0x80) {
      from--;
    }
    return Utf8.length(Utf8.decode(text, from, at)) == at - from ? from : at - 1;
  }

  private boolean wordEndsAt(int at) {
    return at > begin && isWord(Utf8.decode(text, characterBefore(at), at));
  }

  private boolean wordStartsAt(int at) {
    return at < limit && isWord(Utf8.decode(text, at, limit));
  }

  /** What Unicode's {@code \w} matches (UTS 18, annex C). */
  private static boolean isWord(int decoded) {
    int c = Utf8.codePoint(decoded);
    if (c == Utf8.MALFORMED) {
      return false;
    }
    return Character.isAlphabetic(c)
        || c == 0x200C
        || c == 0x200D
        || switch (Character.getType(c)) {
          case Character.NON_SPACING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.DECIMAL_DIGIT_NUMBER,
              Character.CONNECTOR_PUNCTUATION ->
              true;
          default -> false;
        };
  }

  /** Where the token starts that was found. */
  int start() {
    return start;
  }

  /** One past its end. */
  int end() {
    return end;
  }

  /** Its id. */
  int id() {
    return id;
  }
}
