package dev.jebena.tokenizer;

import java.util.Arrays;

/**
 * What split patterns know of a character, as one bit: letters {@code \p{L}} in three kinds, marks
 * {@code \p{M}}, numbers {@code \p{N}}, white space {@code \s} (Unicode's White_Space property,
 * which is not {@link Character#isWhitespace}: U+0085 and the no-break spaces belong to it, U+001C
 * to U+001F do not), line ends among it, and the rest.
 */
final class CharacterClass {
  /** {@code [\p{Lu}\p{Lt}]}. */
  static final int UPPER = 1;

  /** {@code \p{Ll}}. */
  static final int LOWER = 2;

  /** {@code [\p{Lm}\p{Lo}]}: letters without case. */
  static final int CASELESS = 4;

  /** {@code \p{M}}. */
  static final int MARK = 8;

  /** {@code \p{N}}. */
  static final int NUMBER = 16;

  /** White space other than {@link #LINE_END}. */
  static final int BLANK = 32;

  /** {@code [\r\n]}. */
  static final int LINE_END = 64;

  /** Everything else; bytes that are no UTF-8 too. */
  static final int OTHER = 128;

  static final int LETTER = UPPER | LOWER | CASELESS;
  static final int SPACE = BLANK | LINE_END;

  /** {@code [^\s\p{L}\p{N}]}. */
  static final int SYMBOL = MARK | OTHER;

  private static final byte[] ASCII = new byte[128];

  /** Characters come in blocks of 256, most of which are alike; each kind of block is kept once. */
  private static final byte[][] BLOCKS = new byte[0x110000 >> 8][];

  static {
    var block = new byte[256];
    byte[] previous = null;
    for (int b = 0; b < BLOCKS.length; b++) {
      for (int i = 0; i < 256; i++) {
        block[i] = (byte) classify(b << 8 | i);
      }
      if (previous == null || !Arrays.equals(block, previous)) {
        previous = block.clone();
      }
      BLOCKS[b] = previous;
    }
    System.arraycopy(BLOCKS[0], 0, ASCII, 0, 128);
  }

  private CharacterClass() {}

  /** The class of an ASCII byte. */
  static int ofAscii(int c) {
    return ASCII[c] & 0xFF;
  }

  /** The class of a value from {@link Utf8#decode}; malformed bytes are {@link #OTHER}. */
  static int of(int decoded) {
    int codePoint = Utf8.codePoint(decoded);
    return codePoint == Utf8.MALFORMED ? OTHER : BLOCKS[codePoint >> 8][codePoint & 0xFF] & 0xFF;
  }

  /** The class of the character at {@code at}. */
  static int at(byte[] text, int at, int limit) {
    int b = text[at];
    return b >= 0 ? ASCII[b] & 0xFF : of(Utf8.decode(text, at, limit));
  }

  /** The length in bytes of the character at {@code at}; 1 where there is none. */
  static int length(byte[] text, int at, int limit) {
    return text[at] >= 0 ? 1 : Utf8.length(Utf8.decode(text, at, limit));
  }

  /** The end of the run of characters of the classes {@code mask} from {@code from} on. */
  static int runEnd(byte[] text, int from, int limit, int mask) {
    int at = from;
    while (at < limit) {
      int b = text[at];
      if (b >= 0) {
        if ((ASCII[b] & mask) == 0) {
          return at;
        }
        at++;
      } else {
        int decoded = Utf8.decode(text, at, limit);
        if ((of(decoded) & mask) == 0) {
          return at;
        }
        at += Utf8.length(decoded);
      }
    }
    return limit;
  }

  /** As {@link #runEnd} for numbers, at most {@code most} of them. */
  static int numbersEnd(byte[] text, int from, int limit, int most) {
    int at = from;
    for (int i = 0; i < most && at < limit && (at(text, at, limit) & NUMBER) != 0; i++) {
      at += length(text, at, limit);
    }
    return at;
  }

  private static int classify(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> UPPER;
      case Character.LOWERCASE_LETTER -> LOWER;
      case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> CASELESS;
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          MARK;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          BLANK;
      default ->
          codePoint == '\n' || codePoint == '\r'
              ? LINE_END
              : codePoint == '\t' || codePoint == 0x0B || codePoint == 0x0C || codePoint == 0x85
                  ? BLANK
                  : OTHER;
    };
  }
}
