package dev.jebena.tokenizer;

import java.util.regex.Pattern;

/** What a {@link SplitPreTokenizer} looks for. */
sealed interface Delimiter {
  /** A word or two for names. */
  String description();

  /** Characters of one kind, each of them a match. */
  enum Kind implements Delimiter {
    /** Unicode's numbers, {@code \p{N}}. */
    DIGITS,
    /** Unicode's punctuation, {@code \p{P}}, and ASCII's symbols. */
    PUNCTUATION;

    private static final String ASCII_SYMBOLS = "$+<=>^`|~";

    @Override
    public String description() {
      return this == DIGITS ? "digits" : "punctuation";
    }

    boolean holds(int codePoint) {
      int type = Character.getType(codePoint);
      return switch (this) {
        case DIGITS ->
            type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
        case PUNCTUATION ->
            type == Character.CONNECTOR_PUNCTUATION
                || type == Character.DASH_PUNCTUATION
                || type == Character.START_PUNCTUATION
                || type == Character.END_PUNCTUATION
                || type == Character.INITIAL_QUOTE_PUNCTUATION
                || type == Character.FINAL_QUOTE_PUNCTUATION
                || type == Character.OTHER_PUNCTUATION
                || ASCII_SYMBOLS.indexOf(codePoint) >= 0;
      };
    }
  }

  /**
   * The matches of an expression.
   *
   * @param description the expression, as the file has it
   */
  record Expression(String description, Pattern pattern) implements Delimiter {
    /** As Oniguruma reads it. */
    static Expression regex(String regex) {
      return new Expression("regex " + regex, Oniguruma.compile(regex));
    }

    /** Exactly this text. */
    static Expression text(String text) {
      return new Expression("text " + text, Pattern.compile(text, Pattern.LITERAL));
    }
  }
}
