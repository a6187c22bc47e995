package dev.jebena.data;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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
    try {
      long textBytes = encode(corpus, ids);
      return ids.finish(textBytes, encoding.hash(), corpus.description());
    } catch (RuntimeException | Error e) {
      ids.close();
      throw e;
    }
  }

  /** Encodes into a file, with no more than what is in flight in memory. */
  WrittenTokens encodeTo(Path file, Corpus corpus) {
    var written = new WrittenTokens[1];
    try {
      AtomicFiles.writeSeekable(
          file,
          channel -> {
            try (var ids = new TokenFileWriter(channel, encoding.vocabularySize())) {
              long textBytes = encode(corpus, ids);
              var description = ids.finish(textBytes, encoding.hash());
              written[0] =
                  new WrittenTokens(description.count(), description.documents(), textBytes);
            } catch (UncheckedIOException e) {
              throw e.getCause();
            }
          });
    } catch (IOException e) {
      throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
    }
    return written[0];
  }

  /** Returns the bytes of text. */
  private long encode(Corpus corpus, TokenSink ids) {
    var pending = new ArrayDeque<Pending>();
    long inFlight = 0;
    long textBytes = 0;
    boolean any = false;
    var pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
    try (var reading = corpus.open()) {
      while (reading.hasNext()) {
        var document = reading.next();
        any = true;
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
      if (!any) {
        throw new DataException(corpus.description() + ": there is no text to encode");
      }
      return textBytes;
    } finally {
      pool.shutdownNow();
    }
  }

  private Pending submit(ExecutorService pool, Document document) {
    return new Pending(document, pool.submit(() -> encoding.encoder().encode(document.utf8())));
  }

  /** Puts down one document behind an end-of-text token; returns its bytes. */
  private long put(Pending pending, TokenSink ids) {
    var name = pending.document().name();
    try {
      ids.startDocument();
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
