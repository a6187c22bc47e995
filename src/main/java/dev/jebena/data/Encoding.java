package dev.jebena.data;

import dev.jebena.tokenizer.Tokenizer;

/**
 * What the data needs to know of a tokenizer.
 *
 * @param encoder turns UTF-8 into ids; called by many threads at once
 * @param vocabularySize one more than the largest id
 * @param endOfText id of the token that stands before every document
 * @param hash what decides which ids a text gets: token files of another hash are refused
 */
public record Encoding(Encoder encoder, int vocabularySize, int endOfText, String hash) {
  /** Turns a text into token ids. */
  @FunctionalInterface
  public interface Encoder {
    /** Token numbers of one document. */
    int[] encode(byte[] utf8);
  }

  public Encoding {
    if (vocabularySize < 1) {
      throw new DataException("a vocabulary of " + vocabularySize + " tokens is none");
    }
    if (endOfText < 0 || endOfText >= vocabularySize) {
      throw new DataException(
          "the end-of-text token "
              + endOfText
              + " is not in the vocabulary (0 to "
              + (vocabularySize - 1)
              + "): every document is predicted from the one before it");
    }
  }

  /**
   * Encodes with {@code tokenizer}; special tokens that a text spells are ordinary text.
   *
   * @throws DataException if it has no end-of-text token
   */
  public static Encoding of(Tokenizer tokenizer) {
    int endOfText =
        tokenizer
            .endOfText()
            .orElseThrow(() ->
                new DataException(
                    "the tokenizer has no "
                        + Tokenizer.END_OF_TEXT
                        + " token to set documents apart with"));
    return new Encoding(tokenizer::encode, tokenizer.vocabularySize(), endOfText, tokenizer.hash());
  }
}
