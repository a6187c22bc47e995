package dev.jebena.tokenizer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Counts of pieces that did not fit into memory: sorted runs in temporary files, which are merged
 * as they are read, so that each piece comes once and with the sum of its counts. Any number of
 * threads may add runs.
 */
final class PieceRuns implements AutoCloseable {
  /** Runs are merged into one when there are so many: each that is read has a buffer. */
  private static final int MOST_RUNS = 64;

  private static final int BUFFER = 1 << 16;

  private final TrainingMemory memory;
  private final List<FileChannel> runs = new ArrayList<>();
  private boolean closed;

  PieceRuns(TrainingMemory memory) {
    this.memory = memory;
  }

  synchronized boolean isEmpty() {
    return runs.isEmpty();
  }

  /** Puts down what is in {@code table}. */
  void add(PieceTable table) {
    var run = write(table::forEachSorted);
    synchronized (this) {
      runs.add(run);
      if (closed) { // counting has failed elsewhere
        close();
      } else if (runs.size() == MOST_RUNS) {
        replaceBy(write(this::merge));
      }
    }
  }

  private FileChannel write(Consumer<PieceCounts.Visitor> source) {
    FileChannel channel = null;
    boolean written = false;
    try {
      channel = memory.temporaryFile();
      var out =
          new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
      PieceStream.write(out, source);
      out.flush();
      written = true;
      return channel;
    } catch (IOException e) {
      throw failed(e);
    } finally {
      if (!written && channel != null) {
        TrainingMemory.close(channel);
      }
    }
  }

  /** One run on its way through the merge. */
  private static final class Reader {
    final DataInputStream in;
    byte[] piece;
    long count;

    Reader(FileChannel channel) throws IOException {
      channel.position(0);
      in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
      next();
    }

    void next() throws IOException {
      piece = PieceStream.readPiece(in);
      count = piece == null ? 0 : in.readLong();
    }
  }

  /** Visits every piece once, with its counts in all runs added up. */
  synchronized void merge(PieceCounts.Visitor visitor) {
    var waiting =
        new PriorityQueue<Reader>(MOST_RUNS, (a, b) -> PieceTable.compare(a.piece, b.piece));
    try {
      for (var run : runs) {
        pass(new Reader(run), waiting);
      }
      while (!waiting.isEmpty()) {
        var first = waiting.poll();
        var piece = first.piece;
        long count = first.count;
        first.next();
        pass(first, waiting);
        while (!waiting.isEmpty() && Arrays.equals(waiting.peek().piece, piece)) {
          var other = waiting.poll();
          count += other.count;
          other.next();
          pass(other, waiting);
        }
        visitor.visit(piece, count);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static void pass(Reader reader, PriorityQueue<Reader> waiting) {
    if (reader.piece != null) {
      waiting.add(reader);
    }
  }

  /** All runs as one, whose size is known. */
  synchronized PieceCounts merged() {
    long[] totals = new long[2];
    var all =
        write(visitor ->
            merge((piece, count) -> {
              totals[0]++;
              totals[1] += piece.length;
              visitor.visit(piece, count);
            }));
    replaceBy(all);
    return new Merged(this, totals[0], totals[1]);
  }

  private record Merged(PieceRuns runs, long size, long bytes) implements PieceCounts {
    @Override
    public long takenBytes() {
      return BUFFER; // the next piece, too, but for that the pieces before it have gone
    }

    @Override
    public void forEach(Visitor visitor) {
      runs.merge(visitor);
    }
  }

  private static TokenizerException failed(IOException e) {
    return new TokenizerException(
        "counts that do not fit into memory cannot be put into a temporary file: " + e.getMessage(),
        e);
  }

  private void replaceBy(FileChannel all) {
    deleteAll();
    runs.add(all);
  }

  private void deleteAll() {
    runs.forEach(TrainingMemory::close);
    runs.clear();
  }

  /** Deletes the files. */
  @Override
  public synchronized void close() {
    closed = true;
    deleteAll();
  }
}
