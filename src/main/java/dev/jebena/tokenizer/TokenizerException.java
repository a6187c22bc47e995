package dev.jebena.tokenizer;

/** A text, id, setting or file that a tokenizer cannot accept; the message says what would fit. */
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TokenizerException(String message) {
    super(message);
  }

  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A token id that the vocabulary does not have. */
  static TokenizerException unknownId(int id, int vocabularySize) {
    return new TokenizerException(
        "token id "
            + id
            + " is not in the vocabulary of "
            + vocabularySize
            + " tokens (ids 0.."
            + (vocabularySize - 1)
            + ")");
  }
}
