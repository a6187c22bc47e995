package dev.jebena.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Some documents of another corpus, chosen by name.
 *
 * @param cutTo the one document is longer than the budget: only this many bytes of it are taken; or
 *     0
 */
record LimitedCorpus(Corpus whole, Set<String> names, int cutTo) implements Corpus {

  static Corpus of(Corpus whole, long maxBytes, long seed) {
    if (maxBytes < 1) {
      throw new DataException("a limit of " + maxBytes + " bytes leaves no data (1 at least)");
    }
    var sizes = new LinkedHashMap<String, Long>(); // a name may occur more than once
    long total = 0;
    try (var reading = whole.open()) {
      while (reading.hasNext()) {
        var document = reading.next();
        sizes.merge(document.name(), (long) document.byteCount(), Long::sum);
        total += document.byteCount();
      }
    }
    if (total <= maxBytes) {
      return whole;
    }
    var shuffled = shuffled(sizes.keySet(), seed);
    var chosen = new HashSet<String>();
    long bytes = 0;
    for (var name : shuffled) {
      if (bytes + sizes.get(name) <= maxBytes) {
        chosen.add(name);
        bytes += sizes.get(name);
      }
    }
    if (chosen.isEmpty()) {
      return new LimitedCorpus(whole, Set.of(shuffled.getFirst()), (int) maxBytes);
    }
    return new LimitedCorpus(whole, Set.copyOf(chosen), 0);
  }

  private static List<String> shuffled(Set<String> names, long seed) {
    record Keyed(String name, long key) {}
    return names.stream()
        .map(name -> new Keyed(name, SeededOrder.key(seed, name)))
        .sorted(Comparator.comparingLong(Keyed::key).thenComparing(Keyed::name))
        .map(Keyed::name)
        .toList();
  }

  @Override
  public String description() {
    return "a part of " + whole.description();
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    var reading = whole.open(name -> names.contains(name) && wanted.test(name));
    if (cutTo == 0) {
      return reading;
    }
    return new Documents() {
      private boolean taken;

      @Override
      protected Document advance() {
        if (taken || !reading.hasNext()) {
          return null;
        }
        taken = true;
        var document = reading.next();
        int cut = TextCut.atOrBefore(document.utf8(), cutTo);
        return new Document(document.name(), Arrays.copyOf(document.utf8(), cut));
      }

      @Override
      public void close() {
        reading.close();
      }
    };
  }
}
