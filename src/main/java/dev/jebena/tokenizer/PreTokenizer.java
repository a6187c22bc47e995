package dev.jebena.tokenizer;

import java.util.List;

/**
 * Cuts text into pieces, which BPE then encodes one by one: no token ever crosses a piece. A
 * pre-tokenizer is a hand-written scanner that finds what a published regular expression finds, one
 * match after the other, straight from UTF-8; {@link RegexPreTokenizer} takes any expression, and
 * is slower.
 */
public interface PreTokenizer {
  /** The name under which hashes and the command line know this cut, such as {@code gpt2}. */
  String name();

  /**
   * The end of the piece that starts at {@code start}: more than {@code start}, at most {@code
   * limit}. The text ends at {@code limit} as far as look-ahead is concerned. A byte that is not
   * part of well-formed UTF-8 counts as a symbol, so any bytes can be cut and nothing is lost.
   */
  int pieceEnd(byte[] utf8, int start, int limit);

  /**
   * The first position in {@code [from, limit)} where a piece surely ends whatever comes before and
   * after, so that text cut there gives the same pieces; {@code limit} if there is none. Lets
   * several threads share one long text.
   */
  int safeCut(byte[] utf8, int from, int limit);

  /**
   * The last position known in {@code (from, limit)} where a piece surely ends, if one starts at
   * {@code from}, whatever follows {@code limit}; {@code from} if none is known. Lets a text be
   * read in parts.
   */
  default int lastCut(byte[] utf8, int from, int limit) {
    for (long back = 1 << 10; ; back *= 8) {
      int at = (int) Math.max(from + 1L, limit - back);
      int cut = at < limit ? safeCut(utf8, at, limit) : limit;
      if (cut < limit) {
        return cut;
      }
      if (at == from + 1) {
        return from;
      }
    }
  }

  /**
   * A pre-tokenizer for reading the pieces of {@code utf8[from, to)} in order on one thread, while
   * the bytes do not change. Scanners have nothing to prepare and return themselves.
   */
  default PreTokenizer over(byte[] utf8, int from, int to) {
    return this;
  }

  /**
   * The regular expression whose matches, and what lies between them, are the pieces. In the
   * dialect that Oniguruma (Hugging Face), Rust and {@code java.util.regex} with {@code (?U)}
   * share.
   */
  default String regex() {
    throw new TokenizerException("the cut " + name() + " has no regular expression");
  }

  /** The cuts that have a name, in the order in which help shows them. */
  static List<PreTokenizer> builtIn() {
    return List.of(
        new Gpt2PreTokenizer(),
        Gpt2PreTokenizer.withDigits(),
        Gpt4PreTokenizer.CL100K,
        Gpt4PreTokenizer.LLAMA3,
        Gpt4PreTokenizer.QWEN2,
        new O200kPreTokenizer(),
        new WholePreTokenizer());
  }

  /**
   * The cut with this name.
   *
   * @throws TokenizerException naming those that there are
   */
  static PreTokenizer named(String name) {
    for (var cut : builtIn()) {
      if (cut.name().equals(name)) {
        return cut;
      }
    }
    throw new TokenizerException(
        "there is no split pattern '"
            + name
            + "': "
            + String.join(", ", builtIn().stream().map(PreTokenizer::name).toList()));
  }

  /** The built-in scanner for a regular expression, else one that runs the expression itself. */
  static PreTokenizer ofRegex(String regex) {
    for (var cut : builtIn()) {
      if (!(cut instanceof WholePreTokenizer) && cut.regex().equals(regex)) {
        return cut;
      }
    }
    return new RegexPreTokenizer(regex);
  }
}
