package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * GPT-2's spelling of bytes as printable characters, in which vocabularies are written to files:
 * bytes that print in Latin-1 stand for themselves, the other 68 are U+0100, U+0101 … in turn, so a
 * space is {@code Ġ}. The order of the characters is also the order in which bytes get their ids.
 */
final class ByteAlphabet {
  private static final char[] CHARACTER = new char[256];
  private static final int[] ORDER = new int[256];
  private static final short[] BYTE = new short[0x100 + 68];

  static {
    Arrays.fill(BYTE, (short) -1);
    int placed = 0;
    for (int b = 0; b < 256; b++) {
      if (printable(b)) {
        CHARACTER[b] = (char) b;
        ORDER[placed++] = b;
      }
    }
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      if (!printable(b)) {
        CHARACTER[b] = next++;
        ORDER[placed++] = b;
      }
    }
    for (int b = 0; b < 256; b++) {
      BYTE[CHARACTER[b]] = (short) b;
    }
  }

  private ByteAlphabet() {}

  private static boolean printable(int b) {
    return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
  }

  /** The byte, 0 to 255, at place {@code index} of the alphabet. */
  static int byteAt(int index) {
    return ORDER[index];
  }

  /** The printable character that stands for a byte. */
  static char character(byte b) {
    return CHARACTER[b & 0xFF];
  }

  /** Spells {@code bytes} in printable characters. */
  static String spell(byte[] bytes) {
    var chars = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      chars[i] = CHARACTER[bytes[i] & 0xFF];
    }
    return new String(chars);
  }

  /** The bytes that {@code spelling} stands for, or null if a character is not of the alphabet. */
  static byte[] read(String spelling) {
    var bytes = new byte[spelling.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = spelling.charAt(i);
      if (c >= BYTE.length || BYTE[c] < 0) {
        return null;
      }
      bytes[i] = (byte) BYTE[c];
    }
    return bytes;
  }
}
