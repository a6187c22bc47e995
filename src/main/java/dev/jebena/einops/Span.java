package dev.jebena.einops;

/** Characters of a pattern, from {@code start} to before {@code end}. */
record Span(int start, int end) {
  Span to(Span other) {
    return new Span(start, other.end);
  }

  boolean touches(Span next) {
    return end == next.start;
  }
}
