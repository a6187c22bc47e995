package dev.jebena.tokenizer;

/**
 * The four classes that GPT-like split patterns know: letters {@code \p{L}}, numbers {@code \p{N}},
 * white space {@code \s} (Unicode's White_Space property, which is not {@link
 * Character#isWhitespace}: U+0085 and the no-break spaces belong to it, U+001C to U+001F do not),
 * and the rest.
 */
final class CharacterClass {
  static final byte OTHER = 0;
  static final byte LETTER = 1;
  static final byte NUMBER = 2;
  static final byte SPACE = 3;

  private static final byte[] ASCII = ascii();

  private CharacterClass() {}

  private static byte[] ascii() {
    var table = new byte[128];
    for (int c = 0; c < 128; c++) {
      table[c] = c >= 9 && c <= 13 ? SPACE : ofCodePoint(c);
    }
    table[' '] = SPACE;
    return table;
  }

  /** The class of an ASCII byte. */
  static byte ofAscii(int c) {
    return ASCII[c];
  }

  /** The class of a value from {@link Utf8#decode}; malformed bytes are {@link #OTHER}. */
  static byte of(int decoded) {
    int codePoint = Utf8.codePoint(decoded);
    return codePoint < 128 ? ASCII[codePoint] : ofCodePoint(codePoint);
  }

  private static byte ofCodePoint(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      default -> codePoint == 0x85 ? SPACE : OTHER;
    };
  }
}
