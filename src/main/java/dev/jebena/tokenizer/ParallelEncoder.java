package dev.jebena.tokenizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Encodes a stream of documents on several threads and hands the ids on in the order of the
 * documents, with a bounded number of them in memory.
 */
public record ParallelEncoder(Tokenizer tokenizer, SpecialTokenPolicy policy, int threads) {
  /** Bytes per task: enough to hide the hand-over. */
  private static final int BATCH = 1 << 18;

  private static final int BATCHES_AHEAD = 4;

  public ParallelEncoder {
    Objects.requireNonNull(tokenizer);
    Objects.requireNonNull(policy);
    if (threads < 1) {
      throw new TokenizerException("encoding needs at least one thread, not " + threads);
    }
  }

  /**
   * Encodes {@code documents}, each UTF-8, and gives the ids of each to {@code sink}, from the
   * calling thread and in order.
   *
   * @throws TokenizerException if a document cannot be encoded
   * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
   */
  public void encodeAll(Iterator<byte[]> documents, Consumer<int[]> sink) {
    var executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("jebena-encode-", 0).factory());
    var running = new ArrayDeque<Future<List<int[]>>>();
    try {
      while (documents.hasNext()) {
        var batch = nextBatch(documents);
        running.add(executor.submit(() -> encode(batch)));
        if (running.size() >= BATCHES_AHEAD * threads) {
          running.remove().get().forEach(sink);
        }
      }
      while (!running.isEmpty()) {
        running.remove().get().forEach(sink);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("encoding was interrupted");
    } catch (ExecutionException e) {
      throw new TokenizerException(e.getCause().getMessage(), e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }

  private static List<byte[]> nextBatch(Iterator<byte[]> documents) {
    var batch = new ArrayList<byte[]>();
    for (long bytes = 0; bytes < BATCH && documents.hasNext(); ) {
      var document = documents.next();
      batch.add(document);
      bytes += document.length + 64;
    }
    return batch;
  }

  private List<int[]> encode(List<byte[]> batch) {
    var ids = new ArrayList<int[]>(batch.size());
    for (var document : batch) {
      ids.add(tokenizer.encode(document, 0, document.length, policy));
    }
    return ids;
  }
}
