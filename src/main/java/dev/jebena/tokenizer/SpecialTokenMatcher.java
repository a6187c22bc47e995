package dev.jebena.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds special tokens in UTF-8: the leftmost, and among those that start there the longest. */
final class SpecialTokenMatcher {
  private static final SpecialTokenMatcher NONE = new SpecialTokenMatcher(Map.of());

  private final List<String> tokens;
  private final int[] ids;
  private final byte[][] spellings;
  private final boolean[] startsToken = new boolean[256];

  SpecialTokenMatcher(Map<String, Integer> specialTokens) {
    var sorted = new ArrayList<>(specialTokens.keySet());
    sorted.sort((a, b) -> Utf8.encode(b).length - Utf8.encode(a).length);
    tokens = List.copyOf(sorted);
    ids = tokens.stream().mapToInt(specialTokens::get).toArray();
    spellings = new byte[tokens.size()][];
    for (int i = 0; i < spellings.length; i++) {
      spellings[i] = Utf8.encode(tokens.get(i));
      if (spellings[i].length == 0) {
        throw new TokenizerException("a special token needs at least one character");
      }
      startsToken[spellings[i][0] & 0xFF] = true;
    }
  }

  /** The next special token in {@code [from, limit)} as {@link #position} and index; −1 if none. */
  long next(byte[] text, int from, int limit) {
    if (spellings.length == 0) {
      return -1;
    }
    for (int at = from; at < limit; at++) {
      if (startsToken[text[at] & 0xFF]) {
        int token = tokenAt(text, at, limit);
        if (token >= 0) {
          return (long) at << 32 | token;
        }
      }
    }
    return -1;
  }

  private int tokenAt(byte[] text, int at, int limit) {
    for (int i = 0; i < spellings.length; i++) {
      var spelling = spellings[i];
      if (spelling.length <= limit - at
          && Arrays.equals(text, at, at + spelling.length, spelling, 0, spelling.length)) {
        return i;
      }
    }
    return -1;
  }

  /** Where a match of {@link #next} starts. */
  static int position(long match) {
    return (int) (match >>> 32);
  }

  /** The length in bytes of a match of {@link #next}. */
  int length(long match) {
    return spellings[(int) match].length;
  }

  /** The id of a match of {@link #next}. */
  int id(long match) {
    return ids[(int) match];
  }

  /**
   * The matcher for what {@code policy} allows.
   *
   * @param base what was read before {@code text[from]}, for the offset in the error
   * @throws TokenizerException if it rejects special tokens and {@code text[from, to)} spells one,
   *     or if it allows one that does not exist
   */
  SpecialTokenMatcher under(SpecialTokenPolicy policy, byte[] text, int from, int to, long base) {
    return switch (policy) {
      case SpecialTokenPolicy.Ordinary() -> NONE;
      case SpecialTokenPolicy.All() -> this;
      case SpecialTokenPolicy.Only(var allowed) -> only(allowed);
      case SpecialTokenPolicy.Reject() -> {
        long match = next(text, from, to);
        if (match >= 0) {
          throw new TokenizerException(
              "the text spells the special token "
                  + tokens.get((int) match)
                  + " at byte "
                  + (base + position(match) - from)
                  + "; choose whether it is ordinary text or the token");
        }
        yield NONE;
      }
    };
  }

  private SpecialTokenMatcher only(Set<String> allowed) {
    var chosen = new LinkedHashMap<String, Integer>();
    for (var token : allowed) {
      int index = tokens.indexOf(token);
      if (index < 0) {
        throw new TokenizerException(
            token + " is not a special token of this vocabulary, which has " + tokens);
      }
      chosen.put(token, ids[index]);
    }
    return new SpecialTokenMatcher(chosen);
  }

  /** Bytes of the longest special token; 0 where there is none. */
  int longest() {
    return spellings.length == 0 ? 0 : spellings[0].length;
  }

  /**
   * {@code cut} itself if no special token of {@code text[from, …)} lies across it, else the end of
   * that token.
   */
  int endOfTokenAcross(byte[] text, int from, int cut) {
    long longest = longest();
    // a match far to the left can shift later matches, so read from the start when tokens can
    // overlap
    int at = from;
    while (longest > 1 && at < cut) {
      long match = next(text, at, (int) Math.min(text.length, cut + longest));
      if (match < 0 || position(match) >= cut) {
        return cut;
      }
      at = position(match) + length(match);
    }
    return Math.max(at, cut);
  }
}
