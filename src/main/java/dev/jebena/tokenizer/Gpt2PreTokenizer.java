package dev.jebena.tokenizer;

/**
 * The cut of GPT-2 (Radford et al. 2019), which r50k and p50k share: {@code '(?:[sdmt]|ll|ve|re)|
 * ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}.
 *
 * <p>In words: English contractions; a run of letters, of numbers or of symbols, each with at most
 * one space (U+0020) before it; white space, of which the last character is left to the word that
 * follows (to be its leading space, or a piece of its own).
 *
 * @param digits the most numbers in one piece; 0 for any number. {@link #withDigits} groups three,
 *     which spares the vocabulary all the years and prices of the training text
 */
public record Gpt2PreTokenizer(int digits) implements PreTokenizer {
  private static final int GROUP = 3;

  public Gpt2PreTokenizer {
    if (digits != 0 && digits != GROUP) {
      throw new TokenizerException(
          "digits stand together without limit (0) or by 3, not " + digits);
    }
  }

  /** The cut of GPT-2 itself. */
  public Gpt2PreTokenizer() {
    this(0);
  }

  /** The cut of GPT-2 but for numbers, which come in groups of one to three. */
  public static Gpt2PreTokenizer withDigits() {
    return new Gpt2PreTokenizer(GROUP);
  }

  @Override
  public String name() {
    return digits == 0 ? "gpt2" : "gpt2-digits";
  }

  @Override
  public String regex() {
    return "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}"
        + (digits == 0 ? "+" : "{1,3}")
        + "| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  }

  @Override
  public int pieceEnd(byte[] text, int start, int limit) {
    int first = text[start];
    if (first == '\'') {
      int contraction = Contraction.length(text, start, limit);
      if (contraction > 0) {
        return start + contraction;
      }
    }
    int at = first == ' ' && start + 1 < limit ? start + 1 : start;
    int kind = CharacterClass.at(text, at, limit);
    if ((kind & CharacterClass.LETTER) != 0) {
      return CharacterClass.runEnd(text, at, limit, CharacterClass.LETTER);
    }
    if ((kind & CharacterClass.SYMBOL) != 0) {
      return CharacterClass.runEnd(text, at, limit, CharacterClass.SYMBOL);
    }
    if (kind == CharacterClass.NUMBER) {
      return digits == 0
          ? CharacterClass.runEnd(text, at, limit, CharacterClass.NUMBER)
          : CharacterClass.numbersEnd(text, at, limit, digits);
    }
    return WhiteSpace.leavingTheLast(text, start, limit);
  }

  @Override
  public int safeCut(byte[] text, int from, int limit) {
    return WordBoundary.next(text, from, limit);
  }
}
