package dev.jebena.cli;

import dev.jebena.data.Corpus;
import dev.jebena.data.Document;
import dev.jebena.data.Documents;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;

/**
 * A corpus whose reading is shown, and ends when the user presses Ctrl-C: what is being written
 * then removes itself.
 *
 * @param doing what is being done, for people
 */
record WatchedCorpus(Corpus corpus, String doing, ProgressLine line, Interrupt interrupt)
    implements Corpus {
  @Override
  public String description() {
    return corpus.description();
  }

  @Override
  public long expectedBytes() {
    return corpus.expectedBytes();
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    long expected = corpus.expectedBytes();
    var reading = corpus.open(wanted);
    return new Documents() {
      private long documents;
      private long bytes;

      @Override
      protected Document advance() {
        if (interrupt.requested()) {
          throw new CancellationException("stopped");
        }
        if (!reading.hasNext()) {
          return null;
        }
        var document = reading.next();
        documents++;
        bytes += document.byteCount();
        line.update(
            bytes,
            expected,
            "%s: %s documents, %s"
                .formatted(doing, Quantity.count(documents), Quantity.bytes(bytes)));
        return document;
      }

      @Override
      public long skipped() {
        return reading.skipped();
      }

      @Override
      public String firstSkipped() {
        return reading.firstSkipped();
      }

      @Override
      public void close() {
        line.passedOver(reading);
        reading.close();
      }
    };
  }
}
