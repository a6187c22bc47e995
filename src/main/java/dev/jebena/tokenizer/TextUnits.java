package dev.jebena.tokenizer;

/**
 * UTF-8 as a regular expression reads it.
 *
 * @param chars the text as UTF-16; U+FFFD for a byte that is no UTF-8, which is a symbol, and a
 *     symbol is what scanners take a stray byte for
 * @param offsets where each unit starts in the UTF-8, and one more for the end
 */
record TextUnits(CharSequence chars, int[] offsets) {
  static TextUnits of(byte[] utf8, int from, int to) {
    var chars = new StringBuilder(to - from);
    var starts = new IntList(to - from + 1);
    for (int at = from; at < to; ) {
      int decoded = Utf8.decode(utf8, at, to);
      int codePoint = Utf8.codePoint(decoded);
      chars.appendCodePoint(codePoint == Utf8.MALFORMED ? 0xFFFD : codePoint);
      starts.add(at);
      if (starts.size() < chars.length()) {
        starts.add(at);
      }
      at += Utf8.length(decoded);
    }
    starts.add(to);
    return new TextUnits(chars, starts.takeArray());
  }

  /** The bytes spelled in {@link ByteAlphabet}, a character each. */
  static TextUnits spelled(byte[] utf8, int from, int to) {
    var chars = new StringBuilder(to - from);
    var starts = new int[to - from + 1];
    for (int at = from; at < to; at++) {
      chars.append(ByteAlphabet.character(utf8[at]));
      starts[at - from] = at;
    }
    starts[to - from] = to;
    return new TextUnits(chars, starts);
  }
}
