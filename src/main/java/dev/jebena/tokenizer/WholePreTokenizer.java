package dev.jebena.tokenizer;

/** No cut at all: a text is one piece, and tokens may hold several words. */
public record WholePreTokenizer() implements PreTokenizer {
  @Override
  public String name() {
    return "none";
  }

  @Override
  public int pieceEnd(byte[] utf8, int start, int limit) {
    return limit;
  }

  @Override
  public int safeCut(byte[] utf8, int from, int limit) {
    return limit;
  }
}
