package dev.jebena.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A text with a name.
 *
 * @param name where it came from: a path relative to its source, the name of a zip entry, or file
 *     and line of a JSON-lines file
 * @param utf8 the text, valid UTF-8; not to be written to
 */
public record Document(String name, byte[] utf8) {
  /** A document of a Java string. */
  public static Document of(String name, String text) {
    return new Document(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes of UTF-8. */
  public int byteCount() {
    return utf8.length;
  }

  /** The bytes as text; what is no UTF-8 becomes U+FFFD. */
  public String text() {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** What identifies the content, whatever its name: the first 128 bits of its SHA-256. */
  ContentHash contentHash() {
    try {
      var digest = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(utf8));
      return new ContentHash(digest.getLong(), digest.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** 128 bits that two different texts do not share in practice. */
  record ContentHash(long high, long low) {}

  @Override
  public String toString() {
    return name + " (" + utf8.length + " bytes)";
  }
}
