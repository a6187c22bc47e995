package dev.jebena.tokenizer;

/** Distinct pieces of a corpus with their counts, in memory or in a file. */
interface PieceCounts {
  /** What {@link #forEach} calls: the bytes of a piece, a fresh array, and its value. */
  interface Visitor {
    void visit(byte[] piece, long value);
  }

  /** How many distinct pieces. */
  long size();

  /** Their bytes, each piece counted once. */
  long bytes();

  /** Bytes of memory that they take. */
  long takenBytes();

  /** Visits each of them once; in which order is left open, and nothing may depend on it. */
  void forEach(Visitor visitor);
}
