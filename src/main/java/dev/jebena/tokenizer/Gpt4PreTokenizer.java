package dev.jebena.tokenizer;

/**
 * The cut of GPT-4 (tiktoken's cl100k) and of those who took it over: {@code
 * '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|
 * \s+(?!\S)|\s+}.
 *
 * <p>Unlike GPT-2's, contractions have any case, a word may take one symbol or blank of any kind
 * before it, numbers come in groups, and line ends stay with the symbols or white space before.
 *
 * <p>Llama-3 and Qwen2 use the expression as it was first published. tiktoken's own has had {@code
 * \s++$} before {@code \s*[\r\n]} since: white space at the very end of a text is one piece there,
 * and two here where a line end is followed by blanks. It also writes {@code {1,3}+}, which
 * Oniguruma takes for a repetition of groups; that plus changes nothing elsewhere and is left out
 * here.
 *
 * @param kind which of them
 */
public record Gpt4PreTokenizer(Kind kind) implements PreTokenizer {
  /** tiktoken's cl100k_base. */
  public static final Gpt4PreTokenizer CL100K = new Gpt4PreTokenizer(Kind.CL100K);

  /** Llama-3, and cl100k_base in its first form. */
  public static final Gpt4PreTokenizer LLAMA3 = new Gpt4PreTokenizer(Kind.LLAMA3);

  /** Qwen2 and its successors: every digit is a piece. */
  public static final Gpt4PreTokenizer QWEN2 = new Gpt4PreTokenizer(Kind.QWEN2);

  /** Whose form of the expression. */
  public enum Kind {
    CL100K,
    LLAMA3,
    QWEN2
  }

  @Override
  public String name() {
    return switch (kind) {
      case CL100K -> "cl100k";
      case LLAMA3 -> "llama3";
      case QWEN2 -> "qwen2";
    };
  }

  @Override
  public String regex() {
    return switch (kind) {
      case CL100K ->
          "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}"
              + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s";
      case LLAMA3 -> firstForm("{1,3}");
      case QWEN2 -> firstForm("");
    };
  }

  private static String firstForm(String repetition) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
        + repetition
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  @Override
  public int pieceEnd(byte[] text, int start, int limit) {
    if (text[start] == '\'') {
      int contraction = Contraction.lengthIgnoringCase(text, start, limit);
      if (contraction > 0) {
        return start + contraction;
      }
    }
    int first = CharacterClass.at(text, start, limit);
    if ((first & CharacterClass.LETTER) != 0) {
      return CharacterClass.runEnd(text, start, limit, CharacterClass.LETTER);
    }
    if (first == CharacterClass.NUMBER) {
      return CharacterClass.numbersEnd(text, start, limit, kind == Kind.QWEN2 ? 1 : 3);
    }
    int second = start + CharacterClass.length(text, start, limit);
    int next = second < limit ? CharacterClass.at(text, second, limit) : CharacterClass.BLANK;
    if ((next & CharacterClass.LETTER) != 0 && first != CharacterClass.LINE_END) {
      return CharacterClass.runEnd(text, second, limit, CharacterClass.LETTER);
    }
    boolean symbols =
        (first & CharacterClass.SYMBOL) != 0
            || text[start] == ' ' && (next & CharacterClass.SYMBOL) != 0;
    if (symbols) {
      int end = CharacterClass.runEnd(text, second, limit, CharacterClass.SYMBOL);
      return CharacterClass.runEnd(text, end, limit, CharacterClass.LINE_END);
    }
    return WhiteSpace.upToLineEnd(text, start, limit, kind == Kind.CL100K);
  }

  @Override
  public int safeCut(byte[] text, int from, int limit) {
    return WordBoundary.next(text, from, limit);
  }
}
