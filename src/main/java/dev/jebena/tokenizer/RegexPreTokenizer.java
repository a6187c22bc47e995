package dev.jebena.tokenizer;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Cuts text by any regular expression, through {@link Pattern} with Unicode's character classes:
 * its matches are pieces, and so is what lies between two matches. Several times slower than the
 * scanners. A match that is empty is passed over.
 *
 * @param regex the expression
 */
public record RegexPreTokenizer(String regex) implements PreTokenizer {
  /**
   * @throws TokenizerException if it is not an expression, saying where it goes wrong
   */
  public RegexPreTokenizer {
    compile(regex);
  }

  static Pattern compile(String regex) {
    try {
      return Pattern.compile(regex.replace("(?i:", "(?iu:"), Pattern.UNICODE_CHARACTER_CLASS);
    } catch (PatternSyntaxException e) {
      throw new TokenizerException(
          "'"
              + regex
              + "' is not a regular expression: "
              + e.getDescription()
              + " near character "
              + e.getIndex(),
          e);
    }
  }

  @Override
  public String name() {
    return "regex " + regex;
  }

  @Override
  public int pieceEnd(byte[] utf8, int start, int limit) {
    return over(utf8, start, limit).pieceEnd(utf8, start, limit);
  }

  /** An expression may look at anything, so nothing is certain before the end. */
  @Override
  public int safeCut(byte[] utf8, int from, int limit) {
    return limit;
  }

  @Override
  public PreTokenizer over(byte[] utf8, int from, int to) {
    return new Reading(this, utf8, from, to);
  }

  /** The pieces of one text, found as they are asked for. */
  private static final class Reading implements PreTokenizer {
    private final RegexPreTokenizer owner;
    private final int to;

    /** Where each UTF-16 unit of the text starts in its UTF-8, and one more for the end. */
    private final int[] offsets;

    private final Matcher matcher;

    /** The next match that has not been handed out; −1 where there is none. */
    private int matchStart;

    private int matchEnd;

    Reading(RegexPreTokenizer owner, byte[] utf8, int from, int to) {
      this.owner = owner;
      this.to = to;
      var units = TextUnits.of(utf8, from, to);
      offsets = units.offsets();
      matcher = compile(owner.regex).matcher(units.chars());
      find();
    }

    private void find() {
      while (matcher.find()) {
        if (matcher.end() > matcher.start()) {
          matchStart = offsets[matcher.start()];
          matchEnd = offsets[matcher.end()];
          return;
        }
      }
      matchStart = -1;
    }

    @Override
    public int pieceEnd(byte[] utf8, int start, int limit) {
      if (limit != to || Arrays.binarySearch(offsets, start) < 0) {
        throw new IllegalArgumentException("pieces are read in order, to the end of the text");
      }
      while (matchStart >= 0 && matchEnd <= start) {
        find();
      }
      if (matchStart < 0) {
        return to;
      }
      return matchStart > start ? matchStart : matchEnd;
    }

    @Override
    public String name() {
      return owner.name();
    }

    @Override
    public int safeCut(byte[] utf8, int from, int limit) {
      return limit;
    }
  }
}
