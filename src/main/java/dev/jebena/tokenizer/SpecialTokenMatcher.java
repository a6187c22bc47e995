package dev.jebena.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds special tokens in UTF-8: the leftmost, and among those that start there the longest. Beside
 * them it finds added tokens, which are not special but stand outside of the merges; no policy
 * turns those off.
 */
final class SpecialTokenMatcher {
  private static final SpecialTokenMatcher NONE = new SpecialTokenMatcher(Map.of());

  private final List<String> tokens;
  private final int[] ids;
  private final int[] byteLengths;
  private final Map<String, Integer> specialTokens;
  private final Map<String, Integer> addedTokens;
  private final Map<String, MatchRule> rules;
  private final MatchRule[] ruleOf;

  /** The tokens by their bytes, with their place in {@link #tokens}. */
  private final PieceTable table;

  /** The lengths, the longest first, of the tokens that start with each byte. */
  private final int[][] lengths = new int[256][];

  private final int longest;
  private final SpecialTokenMatcher late;
  private final SpecialTokenMatcher normalized;
  private final SpecialTokenMatcher ordinary;
  private final Normalization normalizer;

  SpecialTokenMatcher(Map<String, Integer> specialTokens) {
    this(specialTokens, Map.of());
  }

  SpecialTokenMatcher(Map<String, Integer> specialTokens, Map<String, Integer> addedTokens) {
    this(specialTokens, addedTokens, Map.of());
  }

  /**
   * @param rules of tokens that are not found by their spelling alone
   */
  SpecialTokenMatcher(
      Map<String, Integer> specialTokens,
      Map<String, Integer> addedTokens,
      Map<String, MatchRule> rules) {
    this(specialTokens, addedTokens, rules, Normalization.NONE);
  }

  /**
   * @param normalizer what is done to text before normalised tokens are sought in it; they are
   *     sought as it leaves their own text
   */
  SpecialTokenMatcher(
      Map<String, Integer> specialTokens,
      Map<String, Integer> addedTokens,
      Map<String, MatchRule> rules,
      Normalization normalizer) {
    this.normalizer = normalizer;
    this.specialTokens = specialTokens;
    this.addedTokens = addedTokens;
    this.rules = rules;
    var first = new LinkedHashMap<>(addedTokens);
    first.putAll(specialTokens);
    var second = new LinkedHashMap<>(first);
    first.keySet().removeIf(token -> ruleOf(token).normalized());
    second.keySet().removeAll(first.keySet());
    boolean behind = !normalizer.isNone() && !second.isEmpty();
    normalized = behind ? normalizedTokens(second) : null;
    boolean both = !behind && !first.isEmpty() && !second.isEmpty();
    var all = !behind && first.isEmpty() ? second : first;
    late = both ? new SpecialTokenMatcher(Map.of(), second, rules) : null;
    tokens = List.copyOf(all.keySet());
    ruleOf = tokens.stream().map(this::ruleOf).toArray(MatchRule[]::new);
    ids = tokens.stream().mapToInt(all::get).toArray();
    byteLengths = new int[ids.length];
    table = new PieceTable(ids.length);
    int most = 0;
    for (int i = 0; i < ids.length; i++) {
      var bytes = Utf8.encode(tokens.get(i));
      if (bytes.length == 0) {
        throw new TokenizerException("a special token needs at least one character");
      }
      byteLengths[i] = bytes.length;
      table.put(bytes, 0, bytes.length, i);
      most = Math.max(most, bytes.length);
      int lead = bytes[0] & 0xFF;
      lengths[lead] = withLength(lengths[lead], bytes.length);
    }
    longest = both ? Math.max(most, late.longest) : most;
    ordinary =
        specialTokens.isEmpty()
            ? this
            : addedTokens.isEmpty()
                ? NONE
                : new SpecialTokenMatcher(Map.of(), addedTokens, rules, normalizer);
  }

  /** Of several whose texts become the same the first is found. */
  private SpecialTokenMatcher normalizedTokens(Map<String, Integer> tokens) {
    var texts = new LinkedHashMap<String, Integer>();
    var rulesOfTexts = new HashMap<String, MatchRule>();
    tokens.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(token -> {
          var utf8 = Utf8.encode(token.getKey());
          var text = Utf8.decode(normalizer.apply(utf8, 0, utf8.length, true));
          if (texts.putIfAbsent(text, token.getValue()) == null) {
            rulesOfTexts.put(text, ruleOf(token.getKey()).withNormalized(false));
          }
        });
    return new SpecialTokenMatcher(Map.of(), texts, rulesOfTexts);
  }

  private MatchRule ruleOf(String token) {
    return rules.getOrDefault(token, MatchRule.PLAIN);
  }

  /** Whether it finds nothing in text as it comes. */
  boolean isEmpty() {
    return ids.length == 0;
  }

  /** What is sought in text that is normalised; null for nothing. */
  SpecialTokenMatcher normalized() {
    return normalized;
  }

  /** What is sought in what this one's tokens leave over; null for nothing. */
  SpecialTokenMatcher late() {
    return late;
  }

  /** The tokens of {@code text[from, to)}, as their rules have it. */
  SpecialTokenReader read(byte[] text, int from, int to) {
    return new SpecialTokenReader(this, text, from, to);
  }

  /** The rule of the token with this index. */
  MatchRule rule(int token) {
    return ruleOf[token];
  }

  private static int[] withLength(int[] lengths, int length) {
    var all = new ArrayList<Integer>();
    if (lengths != null) {
      for (int known : lengths) {
        all.add(known);
      }
    }
    if (!all.contains(length)) {
      all.add(length);
    }
    all.sort((a, b) -> b - a);
    return all.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * The next token in {@code [from, limit)} by its spelling alone, as {@link #position} and index;
   * −1 if none.
   */
  long next(byte[] text, int from, int limit) {
    if (ids.length == 0) {
      return -1;
    }
    for (int at = from; at < limit; at++) {
      var possible = lengths[text[at] & 0xFF];
      if (possible != null) {
        for (int length : possible) {
          if (length <= limit - at) {
            long token = table.get(text, at, at + length, -1);
            if (token >= 0) {
              return (long) at << 32 | token;
            }
          }
        }
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
    return byteLengths[(int) match];
  }

  /** The id of a match of {@link #next}, or of the token with this index. */
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
      case SpecialTokenPolicy.Ordinary() -> ordinary;
      case SpecialTokenPolicy.All() -> this;
      case SpecialTokenPolicy.Only(var allowed) -> only(allowed);
      case SpecialTokenPolicy.Reject() -> {
        if (normalized == null) {
          reject(specialTokens, text, from, to, base);
        } else { // as they are written, whatever the normaliser makes of that
          new SpecialTokenMatcher(specialTokens, Map.of(), rules)
              .reject(specialTokens, text, from, to, base);
        }
        yield ordinary;
      }
      case SpecialTokenPolicy.OnlyElseReject(var allowed) -> {
        var matcher = only(allowed);
        var others = new LinkedHashMap<>(specialTokens);
        others.keySet().removeAll(allowed);
        if (!others.isEmpty()) {
          new SpecialTokenMatcher(others, Map.of(), rules).reject(others, text, from, to, base);
        }
        yield matcher;
      }
    };
  }

  /** The tokens that {@code policy} turns into ids, whatever it says of others. */
  SpecialTokenMatcher recognised(SpecialTokenPolicy policy) {
    return switch (policy) {
      case SpecialTokenPolicy.Ordinary(), SpecialTokenPolicy.Reject() -> ordinary;
      case SpecialTokenPolicy.All() -> this;
      case SpecialTokenPolicy.Only(var allowed) -> only(allowed);
      case SpecialTokenPolicy.OnlyElseReject(var allowed) -> only(allowed);
    };
  }

  /** Makes sure that none of {@code rejected} is in the text. */
  private void reject(Map<String, Integer> rejected, byte[] text, int from, int to, long base) {
    var reader = read(text, from, to);
    while (reader.find()) {
      for (var token : rejected.entrySet()) {
        if (token.getValue() == reader.id()) {
          throw new TokenizerException(
              "the text spells the special token "
                  + token.getKey()
                  + " at byte "
                  + (base + reader.start() - from)
                  + "; choose whether it is ordinary text or the token");
        }
      }
    }
  }

  private SpecialTokenMatcher only(Set<String> allowed) {
    var chosen = new LinkedHashMap<String, Integer>();
    for (var token : allowed) {
      var id = specialTokens.get(token);
      if (id == null) {
        throw new TokenizerException(
            token
                + " is not a special token of this vocabulary, which has "
                + specialTokens.keySet());
      }
      chosen.put(token, id);
    }
    return new SpecialTokenMatcher(chosen, addedTokens, rules, normalizer);
  }

  /**
   * Where the last token ends that begins before {@code before}, by spellings alone; 0 if there is
   * none.
   */
  int endOfLast(byte[] text, int before, int limit) {
    int end = 0;
    for (long match = next(text, 0, limit);
        match >= 0 && position(match) < before;
        match = next(text, end, limit)) {
      end = position(match) + length(match);
    }
    return end;
  }

  /** Bytes of the longest special token; 0 where there is none. */
  int longest() {
    return longest;
  }

  /**
   * {@code cut} itself if no special token of {@code text[from, …)} lies across it, else the end of
   * that token.
   */
  int endOfTokenAcross(byte[] text, int from, int cut) {
    // a match far to the left can shift later matches, so read from the start when tokens can
    // overlap
    int at = from;
    while (longest > 1 && at < cut) {
      long match = next(text, at, (int) Math.min(text.length, (long) cut + longest));
      if (match < 0 || position(match) >= cut) {
        return cut;
      }
      at = position(match) + length(match);
    }
    return Math.max(at, cut);
  }
}
