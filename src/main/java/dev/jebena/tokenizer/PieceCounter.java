package dev.jebena.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Counts the pieces of a stream of documents on several threads. Each thread fills a table of its
 * own and the tables are added up at the end, so memory grows with the distinct pieces and not with
 * the text, and the counts do not depend on the number of threads. Tables that are full are put
 * down in {@link PieceRuns}.
 */
final class PieceCounter implements AutoCloseable {
  /** Bytes handed to a worker at a time: enough to hide the queue, few enough to share evenly. */
  private static final int BATCH = 1 << 20;

  /** A stretch of a document that ends where a piece surely ends. */
  private record Span(byte[] text, int from, int to) {}

  private final PreTokenizer preTokenizer;
  private final SpecialTokenMatcher specials;
  private final int threads;
  private final TrainingListener listener;
  private List<Span> batch = new ArrayList<>();
  private final PieceRuns runs;

  /** Bytes that each table may take: one for each thread, and one with the sums. */
  private final long tableBytes;

  /** What has been counted and was not put down. */
  private PieceTable total;

  private long batchBytes;
  private long documents;
  private long bytes;

  /** Of all that was read: a resumed training has to read the same. */
  private final CRC32C read = new CRC32C();

  PieceCounter(
      PreTokenizer preTokenizer,
      SpecialTokenMatcher specials,
      int threads,
      TrainingMemory memory,
      TrainingListener listener) {
    this.preTokenizer = preTokenizer;
    runs = new PieceRuns(memory);
    tableBytes = memory.bytes() / (threads + 1);
    total = newTable();
    this.specials = specials;
    this.threads = threads;
    this.listener = listener;
  }

  private PieceTable newTable() {
    return new PieceTable(1 << 8, tableBytes, runs::add);
  }

  /** Counts every piece of {@code texts}. */
  PieceCounts count(Iterator<byte[]> texts) {
    countUntil(texts, Long.MAX_VALUE);
    return finish();
  }

  /**
   * Counts every piece of {@code texts} and puts the counts down from time to time; goes on where
   * an earlier count was stopped.
   *
   * @param settings what must be the same for an earlier count to be of use
   */
  PieceCounts count(Iterator<byte[]> texts, BpeTrainer.Checkpoint checkpoint, String settings) {
    if (Files.exists(checkpoint.file())) {
      var counted =
          CountsFile.read(
              checkpoint.file(),
              settings,
              (piece, count) -> total.add(piece, 0, piece.length, count));
      pass(texts, counted, checkpoint.file());
    }
    while (!listener.stopRequested() && texts.hasNext()) {
      countUntil(texts, bytes + checkpoint.everyBytes());
      boolean stopped = listener.stopRequested();
      // after the last document, too, where counting took long: merging may be stopped as well
      if (stopped || bytes >= checkpoint.everyBytes() || texts.hasNext()) {
        var counts = new CountsFile.Counts(documents, bytes, read.getValue());
        CountsFile.write(checkpoint.file(), settings, counts, all());
      }
    }
    return finish();
  }

  private PieceCounts finish() {
    if (listener.stopRequested()) {
      throw stopped();
    }
    PieceCounts counts = total;
    if (!runs.isEmpty()) {
      runs.add(total);
      total = newTable();
      counts = runs.merged();
    }
    listener.counted(documents, bytes, (int) Math.min(Integer.MAX_VALUE, counts.size()));
    return counts;
  }

  /** What visits every piece that has been counted, in memory or not. */
  private Consumer<PieceCounts.Visitor> all() {
    if (runs.isEmpty()) {
      return total::forEach;
    }
    runs.add(total);
    total.clear();
    return runs::merge;
  }

  /** Deletes what was put down. */
  @Override
  public void close() {
    runs.close();
  }

  /** Passes over what is counted already. */
  private void pass(Iterator<byte[]> texts, CountsFile.Counts counted, Path file) {
    while (documents < counted.documents() && texts.hasNext()) {
      var text = next(texts);
      bytes += text.length;
      stopIfInterrupted();
      if (listener.stopRequested()) {
        throw stopped();
      }
      listener.counting(documents, bytes);
    }
    if (documents != counted.documents()
        || bytes != counted.bytes()
        || read.getValue() != counted.checksum()) {
      throw new TokenizerException(
          file
              + ": the text is not the one that was counted: "
              + counted.documents()
              + " documents had "
              + counted.bytes()
              + " bytes, now "
              + documents
              + " have "
              + bytes
              + (bytes == counted.bytes() ? ", and others" : ""));
    }
  }

  /** The next document, which goes into the checksum of all that was read. */
  private byte[] next(Iterator<byte[]> texts) {
    var text = texts.next();
    documents++;
    read.update(text, 0, text.length);
    return text;
  }

  private static CancellationException stopped() {
    return new CancellationException("tokenizer training was stopped");
  }

  /** Counts documents until so many bytes are read in all. */
  private void countUntil(Iterator<byte[]> texts, long limit) {
    if (threads == 1) {
      countHere(texts, limit);
    } else {
      countParallel(texts, limit);
    }
  }

  private void countHere(Iterator<byte[]> texts, long limit) {
    while (bytes < limit && !listener.stopRequested() && texts.hasNext()) {
      var text = next(texts);
      countSpan(new Span(text, 0, text.length), total);
      bytes += text.length;
      batchBytes += text.length;
      if (batchBytes >= BATCH) {
        batchBytes = 0;
        stopIfInterrupted();
        listener.counting(documents, bytes);
      }
    }
    stopIfInterrupted();
  }

  private void countParallel(Iterator<byte[]> texts, long limit) {
    var queue = new ArrayBlockingQueue<List<Span>>(2 * threads);
    var workers = new ArrayList<Future<PieceTable>>();
    var executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("jebena-bpe-", 0).factory());
    try {
      for (int i = 0; i < threads; i++) {
        workers.add(executor.submit(() -> work(queue)));
      }
      while (bytes + batchBytes < limit && !listener.stopRequested() && texts.hasNext()) {
        submitDocument(next(texts), queue, workers);
      }
      if (!batch.isEmpty()) {
        submitBatch(queue, workers);
      }
      for (int i = 0; i < threads; i++) {
        offer(List.of(), queue, workers);
      }
      for (var worker : workers) {
        var counted = worker.get();
        if (total.size() == 0) {
          total = counted;
        } else {
          total.addAll(counted);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("tokenizer training was interrupted");
    } catch (ExecutionException e) {
      throw new TokenizerException("counting pieces failed: " + e.getCause(), e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }

  private void submitDocument(
      byte[] text, ArrayBlockingQueue<List<Span>> queue, List<Future<PieceTable>> workers)
      throws InterruptedException, ExecutionException {
    int from = 0;
    while (text.length - from > 2 * BATCH) {
      int to = cut(text, from);
      addSpan(new Span(text, from, to), queue, workers);
      from = to;
    }
    addSpan(new Span(text, from, text.length), queue, workers);
  }

  /** A cut after about {@link #BATCH} bytes that no special token and no piece lies across. */
  private int cut(byte[] text, int from) {
    int at = from + BATCH;
    while (true) {
      int cut = preTokenizer.safeCut(text, at, text.length);
      int clear = specials.endOfTokenAcross(text, from, cut);
      if (clear == cut) {
        return cut;
      }
      at = clear;
    }
  }

  private void addSpan(
      Span span, ArrayBlockingQueue<List<Span>> queue, List<Future<PieceTable>> workers)
      throws InterruptedException, ExecutionException {
    batch.add(span);
    batchBytes += span.to - span.from;
    if (batchBytes >= BATCH) {
      submitBatch(queue, workers);
    }
  }

  private void submitBatch(ArrayBlockingQueue<List<Span>> queue, List<Future<PieceTable>> workers)
      throws InterruptedException, ExecutionException {
    bytes += batchBytes;
    offer(batch, queue, workers);
    batch = new ArrayList<>();
    batchBytes = 0;
    listener.counting(documents, bytes);
  }

  /** Hands a batch over, and notices a worker that has died instead of waiting for it for ever. */
  private static void offer(
      List<Span> batch, ArrayBlockingQueue<List<Span>> queue, List<Future<PieceTable>> workers)
      throws InterruptedException, ExecutionException {
    while (!queue.offer(batch, 100, TimeUnit.MILLISECONDS)) {
      for (var worker : workers) {
        if (worker.state() == Future.State.FAILED) {
          worker.get();
        }
      }
    }
  }

  private PieceTable work(ArrayBlockingQueue<List<Span>> queue) throws InterruptedException {
    var table = newTable();
    for (var spans = queue.take(); !spans.isEmpty(); spans = queue.take()) {
      for (var span : spans) {
        countSpan(span, table);
      }
    }
    return table;
  }

  private void countSpan(Span span, PieceTable table) {
    var text = span.text;
    int at = span.from;
    while (at < span.to) {
      long special = specials.next(text, at, span.to);
      int end = special < 0 ? span.to : SpecialTokenMatcher.position(special);
      var cut = preTokenizer.over(text, at, end);
      while (at < end) {
        int next = cut.pieceEnd(text, at, end);
        table.add(text, at, next, 1);
        at = next;
      }
      if (special >= 0) {
        at += specials.length(special);
      }
    }
  }

  private static void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("tokenizer training was interrupted");
    }
  }
}
