package dev.jebena.tokenizer;

import java.util.SplittableRandom;

/** Text made to hurt: every kind of space, letters of many scripts, emoji, marks, controls. */
final class RandomText {
  private static final int[] NASTY = {
    ' ', ' ', ' ', ' ', '\n', '\r', '\t', 0, 0x1C, 0x1F, 0x0B, 0x0C, 0x85, 0xA0, 0x1680, 0x180E,
    0x2000, 0x2007, 0x200A, 0x200B, 0x200D, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF, 0xFFFD,
    '/', '/', 0x17F, 0x212A, 'S', 'L', 'V', 'E', 'R', 'D', '\'', '\'', '\'', 's', 't', 'd', 'm',
    'l', 'v', 'e', 'r', 'S', 'a', 'Z', '0', '9', '_', '!', '<', '|', 0xE9, 0x301, 0x300, 0x0660,
    0x0966, 0xBD, 0x2167, 0x4E2D, 0x6587, 0xAC00, 0x3042, 0x1F643, 0x1F468, 0x1F1E9, 0xFE0F,
    0x10FFFF, 0x20000, 0x1D7D8, 0x1D400, 0x2B0, 0x1C5, 0xD800, 0xDC00, 0xDBFF, 0xDFFF
  };

  private RandomText() {}

  /** A text of up to {@code length} code points, lone surrogates among them. */
  static String any(SplittableRandom random, int length) {
    var text = new StringBuilder();
    int count = random.nextInt(length + 1);
    for (int i = 0; i < count; i++) {
      text.appendCodePoint(character(random));
    }
    return text.toString();
  }

  /** A code point, perhaps a lone surrogate. */
  static int character(SplittableRandom random) {
    int kind = random.nextInt(20);
    return kind == 0
        ? random.nextInt(0x110000)
        : kind == 1 ? random.nextInt(0x3100) : NASTY[random.nextInt(NASTY.length)];
  }

  /** A text over few letters, so that pairs repeat, overlap and tie. */
  static String repetitive(SplittableRandom random, int length) {
    var text = new StringBuilder();
    int letters = 1 + random.nextInt(4);
    int count = random.nextInt(length + 1);
    for (int i = 0; i < count; i++) {
      text.append(
          random.nextInt(6) == 0
              ? (random.nextBoolean() ? ' ' : 'é')
              : (char) ('a' + random.nextInt(letters)));
    }
    return text.toString();
  }
}
