package dev.jebena.einops;

/** The smallest piece of a pattern. */
record Token(Kind kind, String text, Span where) {
  /** What it is. */
  enum Kind {
    NAME,
    NUMBER,
    ELLIPSIS,
    OPEN,
    CLOSE,
    ARROW,
    COMMA,
    STAR
  }
}
