package dev.jebena.data;

import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Encodes a corpus with several threads. One thread reads; documents are encoded as they come and
 * their ids put down in the order of reading, so that the result is the same for any number of
 * threads. What is read but not yet put down is bounded.
 */
final class CorpusEncoder {
  /** Text in flight: enough to keep threads busy behind a large document, and no more. */
  private static final long MAX_BYTES_IN_FLIGHT = 32L << 20;

  private final Encoding encoding;
  private final int threads;

  CorpusEncoder(Encoding encoding, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("encoding with " + threads + " threads (at least 1)");
    }
    this.encoding = encoding;
    this.threads = threads;
  }

  private record Pending(Document document, Future<int[]> ids) {}

  TokenData encode(Corpus corpus) {
    var ids = new TokenBuffer(encoding.vocabularySize());
    var pending = new ArrayDeque<Pending>();
    long inFlight = 0;
    long documents = 0;
    long textBytes = 0;
    var pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
    try (var reading = corpus.open()) {
      while (reading.hasNext()) {
        var document = reading.next();
        documents++;
        textBytes += document.byteCount();
        inFlight += document.byteCount();
        pending.add(submit(pool, document));
        while (!pending.isEmpty()
            && (inFlight > MAX_BYTES_IN_FLIGHT || pending.peek().ids().isDone())) {
          inFlight -= put(pending.remove(), ids);
        }
      }
      while (!pending.isEmpty()) {
        put(pending.remove(), ids);
      }
      if (documents == 0) {
        throw new DataException(corpus.description() + ": there is no text to encode");
      }
      return ids.finish(documents, textBytes, encoding.hash(), corpus.description());
    } catch (RuntimeException | Error e) {
      ids.close();
      throw e;
    } finally {
      pool.shutdownNow();
    }
  }

  private Pending submit(ExecutorService pool, Document document) {
    return new Pending(document, pool.submit(() -> encoding.encoder().encode(document.utf8())));
  }

  /** Puts down one document behind an end-of-text token; returns its bytes. */
  private long put(Pending pending, TokenBuffer ids) {
    var name = pending.document().name();
    try {
      ids.add(encoding.endOfText(), name);
      for (int id : pending.ids().get()) {
        ids.add(id, name);
      }
    } catch (ExecutionException e) {
      throw new DataException(
          name + ": cannot be encoded: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("encoding was interrupted at " + name, e);
    }
    return pending.document().byteCount();
  }
}
