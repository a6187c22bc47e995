package dev.jebena.einops;

import dev.jebena.einops.Term.Composed;
import dev.jebena.einops.Term.Ellipsis;
import dev.jebena.einops.Term.Named;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What stands on one side of an arrow. */
record Side(List<Term> terms) {
  /** Terms outside and inside of parentheses, in order. */
  Stream<Term> elements() {
    return terms.stream()
        .flatMap(term ->
            term instanceof Composed composed ? composed.parts().stream() : Stream.of(term));
  }

  Optional<Ellipsis> ellipsis() {
    return elements().filter(Ellipsis.class::isInstance).map(Ellipsis.class::cast).findFirst();
  }

  boolean names(String name) {
    return elements().anyMatch(term -> term instanceof Named named && named.name().equals(name));
  }
}
