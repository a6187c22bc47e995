package dev.jebena.einops;

import java.util.List;

/** One axis, or several as one, on a side of a pattern. */
sealed interface Term {
  /** Where it stands. */
  Span where();

  /** An axis with a name. */
  record Named(String name, Span where) implements Term {}

  /** An axis without a name, such as {@code 1}. */
  record Anonymous(long size, Span where) implements Term {}

  /** Any number of axes. */
  record Ellipsis(Span where) implements Term {}

  /** Parentheses: several axes seen as one. */
  record Composed(List<Term> parts, Span where) implements Term {}
}
