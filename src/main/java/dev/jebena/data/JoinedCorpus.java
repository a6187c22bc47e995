package dev.jebena.data;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Several corpora, one after the other. */
record JoinedCorpus(List<Corpus> parts) implements Corpus {
  static Corpus of(List<Corpus> parts) {
    if (parts.isEmpty()) {
      throw new DataException("no data: name a text file, a folder, a .zip or a .jsonl");
    }
    return parts.size() == 1 ? parts.getFirst() : new JoinedCorpus(List.copyOf(parts));
  }

  @Override
  public String description() {
    return parts.stream().map(Corpus::description).collect(Collectors.joining(", "));
  }

  /** Nothing is known where one of them does not know. */
  @Override
  public long expectedBytes() {
    long bytes = 0;
    for (var part : parts) {
      long known = part.expectedBytes();
      if (known == 0) {
        return 0;
      }
      bytes += known;
    }
    return bytes;
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    var left = parts.iterator();
    return new Documents() {
      private Documents current;
      private long skippedBefore;
      private String firstSkippedBefore;

      @Override
      protected Document advance() {
        while (true) {
          if (current != null && current.hasNext()) {
            return current.next();
          }
          close();
          if (!left.hasNext()) {
            return null;
          }
          current = left.next().open(wanted);
        }
      }

      @Override
      public long skipped() {
        return skippedBefore + (current == null ? 0 : current.skipped());
      }

      @Override
      public String firstSkipped() {
        return firstSkippedBefore != null || current == null
            ? firstSkippedBefore
            : current.firstSkipped();
      }

      @Override
      public void close() {
        if (current != null) {
          firstSkippedBefore = firstSkipped();
          skippedBefore += current.skipped();
          current.close();
          current = null;
        }
      }
    };
  }
}
