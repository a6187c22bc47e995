package dev.jebena.tokenizer;

/**
 * Cuts text into pieces, which BPE then encodes one by one: no token ever crosses a piece. A
 * pre-tokenizer is a hand-written scanner that finds what a published regular expression finds, one
 * match after the other, straight from UTF-8.
 */
public interface PreTokenizer {
  /** The name under which files and hashes know this cut, such as {@code gpt2}. */
  String name();

  /**
   * The end of the piece that starts at {@code start}: more than {@code start}, at most {@code
   * limit}. The text ends at {@code limit} as far as look-ahead is concerned. A byte that is not
   * part of well-formed UTF-8 counts as a symbol, so any bytes can be cut and nothing is lost.
   */
  int pieceEnd(byte[] utf8, int start, int limit);

  /**
   * The first position in {@code [from, limit)} where a piece surely ends whatever comes before, so
   * that text cut there gives the same pieces; {@code limit} if there is none. Lets several threads
   * share one long text.
   */
  int safeCut(byte[] utf8, int from, int limit);
}
