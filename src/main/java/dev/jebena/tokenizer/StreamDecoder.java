package dev.jebena.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes ids as they arrive. A token may end in the middle of a character; its first bytes are
 * then held back until the rest has come, so that what is printed is always whole. All parts put
 * together are exactly {@link Tokenizer#decode} of all ids. For one thread.
 */
public final class StreamDecoder {
  private final Tokenizer tokenizer;
  private byte[] held = new byte[0];

  /** A decoder at the start of a text. */
  public StreamDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Takes the next id and returns the text that can be shown now, which may be empty.
   *
   * @throws TokenizerException if the id is out of range
   */
  public String accept(int id) {
    var token = tokenizer.tokenBytes(id);
    var bytes = Arrays.copyOf(held, held.length + token.length);
    System.arraycopy(token, 0, bytes, held.length, token.length);
    int complete = Utf8.completePrefix(bytes, bytes.length);
    held = Arrays.copyOfRange(bytes, complete, bytes.length);
    return new String(bytes, 0, complete, StandardCharsets.UTF_8);
  }

  /** Ends the text: what is still held back can no longer be completed and becomes U+FFFD. */
  public String finish() {
    var rest = new String(held, StandardCharsets.UTF_8);
    held = new byte[0];
    return rest;
  }
}
