package dev.jebena.tokenizer;

/**
 * How an added token is found in text beside its spelling; the words are those of {@code
 * tokenizer.json}.
 *
 * @param singleWord only where no letter, digit or underscore stands right before or behind it
 * @param lstrip white space before it belongs to it
 * @param rstrip white space behind it belongs to it
 * @param normalized sought in what the tokens without this flag have left over. It tells tokens of
 *     one vocabulary apart: where all have it, none is said to
 */
record MatchRule(boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized) {
  static final MatchRule PLAIN = new MatchRule(false, false, false, false);

  MatchRule withNormalized(boolean flag) {
    return new MatchRule(singleWord, lstrip, rstrip, flag);
  }
}
