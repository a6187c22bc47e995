package dev.jebena.tokenizer;

import dev.jebena.tokenizer.TextRules.FirstSpace;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Decodes ids as they arrive. A token may end in the middle of a character; its first bytes are
 * then held back until the rest has come, so that what is printed is always whole. All parts put
 * together are exactly {@link Tokenizer#decode} of all ids. For one thread.
 */
public final class StreamDecoder {
  private final Tokenizer tokenizer;

  /**
   * Tokens that stand for single bytes of a character; null where any token is bytes. A run of them
   * is shown when it has ended, because it is text only if all of it is.
   */
  private final IntPredicate isByte;

  private final FirstSpace firstSpace;
  private boolean started;
  private byte[] held = new byte[0];

  /** A decoder at the start of a text. */
  public StreamDecoder(Tokenizer tokenizer) {
    this(tokenizer, null, FirstSpace.KEPT);
  }

  StreamDecoder(Tokenizer tokenizer, IntPredicate isByte, FirstSpace firstSpace) {
    this.tokenizer = tokenizer;
    this.isByte = isByte;
    this.firstSpace = firstSpace;
  }

  /**
   * Takes the next id and returns the text that can be shown now, which may be empty.
   *
   * @throws TokenizerException if the id is out of range
   */
  public String accept(int id) {
    var token =
        !started && firstSpace == FirstSpace.DROPPED_FROM_FIRST_TOKEN
            ? tokenizer.decodeBytes(id)
            : tokenizer.tokenBytes(id);
    if (firstSpace == FirstSpace.DROPPED_FROM_FIRST_TOKEN) {
      started = true;
    }
    if (isByte == null) {
      var bytes = concatenate(held, token);
      int complete = Utf8.completePrefix(bytes, bytes.length);
      held = Arrays.copyOfRange(bytes, complete, bytes.length);
      return new String(bytes, 0, complete, StandardCharsets.UTF_8);
    }
    if (isByte.test(id)) {
      held = concatenate(held, token);
      return "";
    }
    return show(run() + new String(token, StandardCharsets.UTF_8));
  }

  /** Ends the text: what is still held back can no longer be completed and becomes U+FFFD. */
  public String finish() {
    if (isByte != null) {
      return show(run());
    }
    var rest = new String(held, StandardCharsets.UTF_8);
    held = new byte[0];
    return rest;
  }

  /** The run of byte tokens that has ended. */
  private String run() {
    var bytes = held;
    held = new byte[0];
    for (int at = 0; at < bytes.length; ) {
      int decoded = Utf8.decode(bytes, at, bytes.length);
      if (Utf8.codePoint(decoded) == Utf8.MALFORMED) {
        return "\uFFFD".repeat(bytes.length);
      }
      at += Utf8.length(decoded);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String show(String text) {
    if (started || text.isEmpty() || firstSpace != FirstSpace.STRIPPED) {
      return text;
    }
    started = true;
    return text.startsWith(" ") ? text.substring(1) : text;
  }

  private static byte[] concatenate(byte[] left, byte[] right) {
    var both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }
}
