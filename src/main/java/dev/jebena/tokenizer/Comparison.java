package dev.jebena.tokenizer;

import dev.jebena.tokenizer.CharTokenizer.UnknownCharacters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Ways of making tokens, side by side: all learn from one part of a text and are measured on
 * another, because a vocabulary of words or characters knows everything that it was made from.
 *
 * @param learnedBytes bytes that the vocabularies were made from
 * @param heldOutBytes bytes on which they are measured
 * @param rows one for each way
 */
public record Comparison(long learnedBytes, long heldOutBytes, List<Row> rows) {
  private static final double LEAST_SECONDS = 0.2;

  public Comparison {
    rows = List.copyOf(rows);
  }

  /**
   * One way.
   *
   * @param name what it is
   * @param vocabulary tokens in all
   * @param tokens tokens of the held-out text
   * @param bytesPerToken bytes of text that a token stands for
   * @param unknownRate the part of its tokens that stand for something unknown
   * @param megabytesPerSecond speed of encoding on one thread, in 10⁶ bytes
   */
  public record Row(
      String name,
      long vocabulary,
      long tokens,
      double bytesPerToken,
      double unknownRate,
      double megabytesPerSecond) {}

  /**
   * Compares characters, bytes, words and byte-level BPE.
   *
   * @param learned documents to learn from, UTF-8
   * @param heldOut other documents of the same kind
   * @param vocabularySizes sizes for BPE
   * @param threads threads that learn; encoding is measured on one
   * @throws TokenizerException if either part is empty or a size too small
   */
  public static Comparison of(
      List<byte[]> learned, List<byte[]> heldOut, List<Integer> vocabularySizes, int threads) {
    return of(learned, heldOut, vocabularySizes, threads, name -> {});
  }

  /**
   * The same, saying how far it has come.
   *
   * @param listener hears the name of each way before its turn
   */
  public static Comparison of(
      List<byte[]> learned,
      List<byte[]> heldOut,
      List<Integer> vocabularySizes,
      int threads,
      Consumer<String> listener) {
    long learnedBytes = bytes(learned);
    long heldOutBytes = bytes(heldOut);
    if (learnedBytes == 0 || heldOutBytes == 0) {
      throw new TokenizerException(
          "there is too little text: some of it to learn from and some to measure on are needed");
    }
    var rows = new ArrayList<Row>();
    listener.accept("character");
    var characters =
        CharTokenizer.train(
            learned.stream().map(Utf8::decode).iterator(), UnknownCharacters.REPLACE);
    int unknown = characters.specialTokens().get(CharTokenizer.UNKNOWN);
    rows.add(
        row(
            "character",
            characters.vocabularySize(),
            heldOut,
            text -> characters.encode(text).length,
            text -> {
              long count = 0;
              for (int id : characters.encode(text)) {
                count += id == unknown ? 1 : 0;
              }
              return count;
            }));
    listener.accept("byte");
    rows.add(row("byte", 256, heldOut, text -> bytesAsIds(text).length, text -> 0));
    listener.accept("word");
    var words = words(learned);
    rows.add(
        row(
            "word",
            words.size() + 1L,
            heldOut,
            text -> wordCount(words, text, false),
            text -> wordCount(words, text, true)));
    for (int size : vocabularySizes) {
      listener.accept("BPE " + size);
      var bpe = new BpeTrainer(size).withThreads(threads).trainUtf8(learned.iterator());
      rows.add(
          row(
              "BPE " + size,
              bpe.vocabularySize(),
              heldOut,
              text -> bpe.encode(text).length,
              text -> 0));
    }
    return new Comparison(learnedBytes, heldOutBytes, rows);
  }

  private static long bytes(List<byte[]> documents) {
    return documents.stream().mapToLong(d -> d.length).sum();
  }

  private static int[] bytesAsIds(byte[] text) {
    var ids = new int[text.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = text[i] & 0xFF;
    }
    return ids;
  }

  /** Every piece of GPT-2's cut that the text has: words with the space before them. */
  private static PieceTable words(List<byte[]> documents) {
    var words = new PieceTable(1 << 12);
    var cut = new Gpt2PreTokenizer();
    for (var text : documents) {
      for (int at = 0, end; at < text.length; at = end) {
        end = cut.pieceEnd(text, at, text.length);
        words.add(text, at, end, 1);
      }
    }
    return words;
  }

  private static long wordCount(PieceTable words, byte[] text, boolean onlyUnknown) {
    var cut = new Gpt2PreTokenizer();
    long count = 0;
    for (int at = 0, end; at < text.length; at = end) {
      end = cut.pieceEnd(text, at, text.length);
      boolean known = words.get(text, at, end, -1) >= 0;
      count += onlyUnknown && known ? 0 : 1;
    }
    return count;
  }

  private static Row row(
      String name,
      long vocabulary,
      List<byte[]> heldOut,
      ToLongFunction<byte[]> encode,
      ToLongFunction<byte[]> countUnknown) {
    long bytes = bytes(heldOut);
    long tokens = 0;
    double best = Double.MAX_VALUE;
    double total = 0;
    for (int run = 0; run < 3 || total < LEAST_SECONDS && run < 1_000; run++) {
      long start = System.nanoTime();
      tokens = 0;
      for (var text : heldOut) {
        tokens += encode.applyAsLong(text);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      best = Math.min(best, seconds);
      total += seconds;
    }
    long unknown = heldOut.stream().mapToLong(countUnknown).sum();
    return new Row(
        name,
        vocabulary,
        tokens,
        (double) bytes / tokens,
        (double) unknown / tokens,
        bytes / 1e6 / Math.max(best, 1e-9));
  }

  /** A picture: how many bytes a token stands for, beside what it costs and what it loses. */
  public String toSvg() {
    double most = rows.stream().mapToDouble(Row::bytesPerToken).max().orElse(1);
    int height = 70 + 34 * rows.size();
    var svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="860" height="%d" font-family="sans-serif" font-size="13">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        <text x="20" y="28" font-size="16" fill="#222222">Bytes of text per token</text>
        """
            .formatted(height));
    cells(svg, 28, "vocabulary", "tokens", "unknown", "MB/s");
    int y = 46;
    for (var row : rows) {
      long width = Math.max(1, Math.round(330 * row.bytesPerToken() / most));
      svg.append(
          String.format(
              Locale.ROOT,
              """
              <text x="20" y="%d" fill="#222222">%s</text>
              <rect x="120" y="%d" width="%d" height="22" fill="%s"/>
              <text x="%d" y="%d" fill="#222222">%.2f</text>
              """,
              y + 16,
              row.name(),
              y,
              width,
              row.name().startsWith("BPE") ? "#7a4a2b" : "#c9a98c",
              126 + width,
              y + 16,
              row.bytesPerToken()));
      cells(
          svg,
          y + 16,
          String.format(Locale.ROOT, "%,d", row.vocabulary()),
          String.format(Locale.ROOT, "%,d", row.tokens()),
          String.format(Locale.ROOT, "%.2f %%", 100 * row.unknownRate()),
          String.format(Locale.ROOT, "%.1f", row.megabytesPerSecond()));
      y += 34;
    }
    return svg.append("</svg>\n").toString();
  }

  private static void cells(StringBuilder svg, int y, String... texts) {
    int x = 590;
    for (var text : texts) {
      svg.append(
          "<text x=\"%d\" y=\"%d\" fill=\"#666666\" text-anchor=\"end\">%s</text>\n"
              .formatted(x, y, text));
      x += 83;
    }
  }
}
