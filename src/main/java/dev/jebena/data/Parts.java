package dev.jebena.data;

/**
 * How large texts become several documents.
 *
 * @param bytes what a document has at most; more where the cutter needs it
 * @param cutter chooses where one ends
 */
record Parts(int bytes, TextCutter cutter) {
  /** Larger texts are cut into documents of at most this size. */
  static final int BYTES = 64 << 20;

  /** At line ends. */
  static final Parts LINES = new Parts(BYTES);

  /** At line ends, into parts of at most {@code bytes}. */
  Parts(int bytes) {
    this(bytes, TextCutter.atLineEnds());
  }
}
