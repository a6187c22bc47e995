/** A language-model engine brewed from scratch in pure Java. */
module dev.jebena {
  requires jdk.incubator.vector;
  requires tools.jackson.databind;
}
