package dev.jebena.cli;

import dev.jebena.tokenizer.StreamDecoder;
import dev.jebena.tokenizer.Tokenizer;
import java.io.PrintWriter;

/** Prints tokens as they come: as text without ever splitting a character, or as ids. */
final class TokenPrinter {
  /** What stands for a token that the model has and the tokenizer has not. */
  private static final String UNKNOWN = "\uFFFD";

  private final PrintWriter out;
  private final Tokenizer tokenizer;
  private final StreamDecoder decoder;
  private String heldBack;
  private boolean printed;

  /**
   * @param tokenizer null to print ids
   * @param heldBack what stands in the prompt already and is not printed again; see {@link
   *     dev.jebena.infer.PromptEnd}
   */
  TokenPrinter(PrintWriter out, Tokenizer tokenizer, String heldBack) {
    this.out = out;
    this.heldBack = heldBack;
    this.tokenizer = tokenizer;
    this.decoder = tokenizer == null ? null : tokenizer.streamDecoder();
  }

  void print(int id) {
    out.print(decoder == null ? (printed ? " " : "") + id : text(id));
    out.flush();
    printed = true;
  }

  private String text(int id) {
    if (id >= tokenizer.vocabularySize()) {
      return decoder.finish() + UNKNOWN;
    }
    var text = decoder.accept(id);
    if (!heldBack.isEmpty() && text.startsWith(heldBack)) {
      text = text.substring(heldBack.length());
    }
    heldBack = ""; // it is a matter of the first token only
    return text;
  }

  /** Ends the text and its line. */
  void finish() {
    out.println(decoder == null ? "" : decoder.finish());
    out.flush();
  }

  /** The text of ids at once. */
  static String text(Tokenizer tokenizer, String heldBack, int[] ids) {
    var text = new StringBuilder();
    var printer = new TokenPrinter(null, tokenizer, heldBack);
    for (int id : ids) {
      text.append(printer.text(id));
    }
    return text.append(printer.decoder.finish()).toString();
  }
}
