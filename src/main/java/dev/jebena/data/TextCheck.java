package dev.jebena.data;

/** Tells text from binary data: text is UTF-8 without NUL. */
final class TextCheck {
  private TextCheck() {}

  /**
   * Where {@code bytes} stop being text.
   *
   * @return the offset of the first NUL, or of the first byte of the first sequence that is not
   *     UTF-8 (overlong forms, surrogates and values above U+10FFFF included); −1 where all is text
   */
  static int firstBad(byte[] bytes) {
    int i = 0;
    while (i < bytes.length) {
      int b = bytes[i];
      if (b > 0) {
        i++;
        continue;
      }
      int length = sequenceLength(bytes, i);
      if (length == 0) {
        return i;
      }
      i += length;
    }
    return -1;
  }

  /** Bytes of a character that starts with {@code lead}; 1 where none does. */
  static int expectedLength(byte lead) {
    int b = lead & 0xFF;
    return b < 0xC2 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 1;
  }

  /** Bytes of the multi-byte sequence at {@code i}, or 0 where it is malformed (or a NUL). */
  static int sequenceLength(byte[] bytes, int i) {
    int lead = bytes[i] & 0xFF;
    int length = expectedLength(bytes[i]);
    if (length == 1 || i + length > bytes.length) {
      return 0;
    }
    int second = bytes[i + 1] & 0xFF;
    // The second byte alone rules out overlong forms, surrogates and values that are too large.
    int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most) {
      return 0;
    }
    for (int k = 2; k < length; k++) {
      if ((bytes[i + k] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  /** Says what is at the offset that {@link #firstBad} found. */
  static String describe(byte[] bytes, int offset, long base) {
    return bytes[offset] == 0
        ? "a NUL byte at offset " + (base + offset) + " (is this binary data?)"
        : "invalid UTF-8 at offset "
            + (base + offset)
            + " (byte 0x"
            + String.format("%02X", bytes[offset] & 0xFF)
            + "; text must be UTF-8)";
  }
}
