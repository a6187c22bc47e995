package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * Cuts text around what a {@link Delimiter} finds: Hugging Face's Split, Digits and Punctuation.
 *
 * @param delimiter what to look for
 * @param behavior where to cut around it
 * @param invert whether what lies between its finds are the matches
 * @param spelled whether it reads bytes as {@link ByteAlphabet} spells them, because it stands
 *     behind ByteLevel; ² is then found in every character that has the byte 0xB2
 */
record SplitPreTokenizer(
    Delimiter delimiter, SplitBehavior behavior, boolean invert, boolean spelled)
    implements PreTokenizer {
  @Override
  public String name() {
    return "split at "
        + delimiter.description()
        + ", "
        + behavior
        + (invert ? ", inverted" : "")
        + (spelled ? ", spelled" : "");
  }

  @Override
  public int pieceEnd(byte[] utf8, int start, int limit) {
    return over(utf8, start, limit).pieceEnd(utf8, start, limit);
  }

  /** An expression may look at anything; of kinds of characters nothing is made either. */
  @Override
  public int safeCut(byte[] utf8, int from, int limit) {
    return limit;
  }

  @Override
  public PreTokenizer over(byte[] utf8, int from, int to) {
    var stretches = new Stretches();
    switch (delimiter) {
      case Delimiter.Kind kind -> find(kind, utf8, from, to, stretches);
      case Delimiter.Expression expression -> find(expression, utf8, from, to, stretches);
    }
    return new Reading(this, to, stretches.ends.takeArray());
  }

  private void find(Delimiter.Kind kind, byte[] utf8, int from, int to, Stretches stretches) {
    int done = from;
    for (int at = from; at < to; ) {
      int next;
      int codePoint;
      if (spelled || utf8[at] >= 0) {
        next = at + 1;
        codePoint = spelled ? ByteAlphabet.character(utf8[at]) : utf8[at];
      } else {
        int decoded = Utf8.decode(utf8, at, to);
        next = at + Utf8.length(decoded);
        codePoint = Utf8.codePoint(decoded);
      }
      if (codePoint != Utf8.MALFORMED && kind.holds(codePoint)) {
        stretches.add(done, at, invert);
        stretches.add(at, next, !invert);
        done = next;
      }
      at = next;
    }
    stretches.add(done, to, invert);
  }

  private void find(
      Delimiter.Expression expression, byte[] utf8, int from, int to, Stretches stretches) {
    var units = spelled ? TextUnits.spelled(utf8, from, to) : TextUnits.of(utf8, from, to);
    var matcher = expression.pattern().matcher(units.chars());
    int done = from;
    while (matcher.find()) {
      int start = units.offsets()[matcher.start()];
      int end = units.offsets()[matcher.end()];
      stretches.add(done, start, invert);
      stretches.add(start, end, !invert);
      done = end;
    }
    stretches.add(done, to, invert);
  }

  /** The stretches of a text from left to right, and where cuts come to be between them. */
  private final class Stretches {
    final IntList ends = new IntList(16);
    private boolean any;
    private boolean lastMatches;
    private int lastEnd;

    void add(int start, int end, boolean matches) {
      if (start == end) {
        return;
      }
      if (any && behavior.cuts(lastMatches, matches)) {
        ends.add(lastEnd);
      }
      any = true;
      lastMatches = matches;
      lastEnd = end;
    }
  }

  /** The pieces of one text: where they end, but for the last. */
  private record Reading(SplitPreTokenizer owner, int to, int[] ends) implements PreTokenizer {
    @Override
    public int pieceEnd(byte[] utf8, int start, int limit) {
      if (limit != to) {
        throw new IllegalArgumentException("pieces are read to the end of the text");
      }
      int found = Arrays.binarySearch(ends, start + 1);
      int next = found < 0 ? ~found : found;
      return next < ends.length ? ends[next] : to;
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
