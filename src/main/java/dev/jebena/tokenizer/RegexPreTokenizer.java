package dev.jebena.tokenizer;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text by any regular expression, through {@link Pattern}: its matches are pieces, and so is
 * what lies between two matches. Several times slower than the scanners. A match that is empty is
 * passed over.
 *
 * <p>The expression means what Oniguruma makes of it, with Ruby's syntax, because that is what
 * decides in Hugging Face's files: text is then cut in the same places there. So {@code $} is the
 * end of a line, {@code (?m)} lets the dot match line ends, and {@code {1,3}+} repeats {@code
 * {1,3}}.
 */
public final class RegexPreTokenizer implements PreTokenizer {
  /**
   * Look-behind, anchors, and graphemes, which do not say that they have met the end of a text.
   * What only looks like one of these does no harm.
   */
  private static final Pattern LOOKS_BACK = Pattern.compile("\\(\\?<[=!]|(?<!\\[)\\^|\\\\[AGXbB]");

  /** Matches, from the last known one back, whose ends are tried as places to cut. */
  private static final int MOST_CUTS_TRIED = 64;

  private final String regex;
  private final Pattern pattern;

  /** Whether where a match lies may depend on what stands before the end of the last one. */
  private final boolean looksBack;

  /**
   * @param regex the expression
   * @throws TokenizerException if it is not an expression, saying where it goes wrong
   */
  public RegexPreTokenizer(String regex) {
    this.regex = regex;
    pattern = Oniguruma.compile(regex);
    looksBack = LOOKS_BACK.matcher(pattern.pattern()).find();
  }

  @Override
  public String regex() {
    return regex;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RegexPreTokenizer cut && cut.regex.equals(regex);
  }

  @Override
  public int hashCode() {
    return regex.hashCode();
  }

  @Override
  public String toString() {
    return name();
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

  /**
   * {@inheritDoc}
   *
   * <p>That is the end of a match such that neither it nor any before it has met the end of what is
   * there, so that more text would not have changed them, and that all of them are found without
   * what follows, too. An expression that looks back may see what is before a cut, so that none is
   * known.
   */
  @Override
  public int lastCut(byte[] utf8, int from, int limit) {
    if (looksBack) {
      return from;
    }
    int whole = from + Utf8.completePrefix(Arrays.copyOfRange(utf8, from, limit), limit - from);
    var units = TextUnits.of(utf8, from, whole);
    var matcher = pattern.matcher(units.chars());
    var ends = new IntList(64);
    while (matcher.find() && !matcher.hitEnd()) {
      ends.add(matcher.start());
      ends.add(matcher.end());
    }
    for (int i = ends.size() - 1, tries = 0; i > 0 && tries < MOST_CUTS_TRIED; i -= 2, tries++) {
      int end = ends.get(i);
      if (end > ends.get(i - 1) && isFound(matcher.region(0, end), ends, i + 1)) {
        return units.offsets()[end];
      }
    }
    return from;
  }

  /** Whether these are the matches: starts and ends in turn. */
  private static boolean isFound(Matcher matcher, IntList matches, int size) {
    for (int i = 0; i < size; i += 2) {
      if (!matcher.find()
          || matcher.start() != matches.get(i)
          || matcher.end() != matches.get(i + 1)) {
        return false;
      }
    }
    return true;
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
      matcher = owner.pattern.matcher(units.chars());
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
