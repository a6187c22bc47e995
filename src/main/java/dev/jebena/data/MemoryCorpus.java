package dev.jebena.data;

import java.util.List;
import java.util.function.Predicate;

/** Documents that are in memory. */
record MemoryCorpus(List<Document> documents) implements Corpus {
  @Override
  public String description() {
    return documents.size() == 1 ? documents.getFirst().name() : documents.size() + " documents";
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    var all = documents.iterator();
    return new Documents() {
      @Override
      protected Document advance() {
        while (all.hasNext()) {
          var document = all.next();
          if (wanted.test(document.name())) {
            return document;
          }
        }
        return null;
      }
    };
  }
}
