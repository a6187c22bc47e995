package dev.jebena.tokenizer;

import java.nio.charset.StandardCharsets;

/** UTF-8 as tokenizers need it: strict reading of one code point, and replacement, never '?'. */
final class Utf8 {
  /** What {@link #decode} returns as the code point of a byte that starts no valid sequence. */
  static final int MALFORMED = (1 << 24) - 1;

  private Utf8() {}

  /** The UTF-8 of {@code text}; lone surrogates become U+FFFD (the JDK would write '?'). */
  static byte[] encode(CharSequence text) {
    var string = text.toString();
    int length = string.length();
    for (int i = 0; i < length; i++) {
      char c = string.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < length
            && Character.isLowSurrogate(string.charAt(i + 1))) {
          i++;
        } else {
          return replaceLoneSurrogates(string, i).getBytes(StandardCharsets.UTF_8);
        }
      }
    }
    return string.getBytes(StandardCharsets.UTF_8);
  }

  /** The text of {@code utf8}; what is no UTF-8 becomes U+FFFD. */
  static String decode(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static String replaceLoneSurrogates(String text, int first) {
    var chars = text.toCharArray();
    for (int i = first; i < chars.length; i++) {
      if (!Character.isSurrogate(chars[i])) {
        continue;
      }
      if (Character.isHighSurrogate(chars[i])
          && i + 1 < chars.length
          && Character.isLowSurrogate(chars[i + 1])) {
        i++;
      } else {
        chars[i] = '\uFFFD';
      }
    }
    return new String(chars);
  }

  /**
   * Reads the code point at {@code at}, never past {@code limit}: the code point in the low 24
   * bits, its length in bytes above. A byte that starts no well-formed sequence (Unicode 16, table
   * 3-7) gives {@link #MALFORMED} and length 1.
   */
  static int decode(byte[] text, int at, int limit) {
    int b0 = text[at];
    if (b0 >= 0) {
      return b0 | 1 << 24;
    }
    int lead = b0 & 0xFF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      if (at + 1 < limit && isTail(text[at + 1])) {
        return (lead & 0x1F) << 6 | text[at + 1] & 0x3F | 2 << 24;
      }
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      if (at + 2 < limit && isTail(text[at + 1]) && isTail(text[at + 2])) {
        int codePoint = (lead & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | text[at + 2] & 0x3F;
        if (codePoint >= 0x800 && (codePoint < 0xD800 || codePoint > 0xDFFF)) {
          return codePoint | 3 << 24;
        }
      }
    } else if (lead >= 0xF0
        && lead <= 0xF4
        && at + 3 < limit
        && isTail(text[at + 1])
        && isTail(text[at + 2])
        && isTail(text[at + 3])) {
      int codePoint =
          (lead & 0x07) << 18
              | (text[at + 1] & 0x3F) << 12
              | (text[at + 2] & 0x3F) << 6
              | text[at + 3] & 0x3F;
      if (codePoint >= 0x10000 && codePoint <= 0x10FFFF) {
        return codePoint | 4 << 24;
      }
    }
    return MALFORMED | 1 << 24;
  }

  static int codePoint(int decoded) {
    return decoded & 0xFFFFFF;
  }

  static int length(int decoded) {
    return decoded >>> 24;
  }

  private static boolean isTail(byte b) {
    return (b & 0xC0) == 0x80;
  }

  /**
   * How many of the bytes {@code [0, length)} can be shown now: all, less a last character whose
   * bytes have not all arrived (at most three bytes).
   */
  static int completePrefix(byte[] bytes, int length) {
    for (int back = 1; back <= Math.min(3, length); back++) {
      int b = bytes[length - back] & 0xFF;
      if (b >= 0xC0) {
        int needed = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
        return needed > back ? length - back : length;
      }
      if (b < 0x80) {
        return length;
      }
    }
    return length;
  }
}
