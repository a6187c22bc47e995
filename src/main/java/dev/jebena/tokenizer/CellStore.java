package dev.jebena.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives out {@link Cells} within a bound on memory: those that would exceed it lie in temporary
 * files. For one thread.
 */
final class CellStore implements AutoCloseable {
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final TrainingMemory memory;
  private final long mostBytes;
  private final List<Cells.InFile> files = new ArrayList<>();
  private long takenBytes;

  /**
   * @param memory knows where files go
   * @param mostBytes what all cells together may take
   */
  CellStore(TrainingMemory memory, long mostBytes) {
    this.memory = memory;
    this.mostBytes = mostBytes;
  }

  /** Bytes of memory that cells take now. */
  long takenBytes() {
    return takenBytes;
  }

  /** Bytes of memory that are left. */
  long leftBytes() {
    return mostBytes - takenBytes;
  }

  /** Counts in what is taken elsewhere, if there is room for it. */
  boolean take(long bytes) {
    if (bytes > leftBytes()) {
      return false;
    }
    takenBytes += bytes;
    return true;
  }

  /** Of what {@link #take} counted in, this is gone. */
  void release(long bytes) {
    takenBytes -= bytes;
  }

  /** {@code size} zeros, in memory if there is room. */
  Cells of(long size) {
    return size <= LARGEST_ARRAY && 4 * size <= leftBytes() ? inMemory((int) size) : inFile(size);
  }

  private Cells inMemory(int size) {
    takenBytes += 4L * size;
    return new Cells.InMemory(new int[size]);
  }

  /** {@code size} zeros in a file. */
  Cells inFile(long size) {
    var cells = new Cells.InFile(size, memory);
    files.add(cells);
    return cells;
  }

  /** {@code size} cells, the first of which are those of {@code old}, which is given back. */
  Cells grown(Cells old, long size) {
    var cells = of(size);
    if (old instanceof Cells.InMemory(var from) && cells instanceof Cells.InMemory(var to)) {
      System.arraycopy(from, 0, to, 0, from.length);
    } else {
      for (long i = 0; i < old.size(); i++) {
        cells.set(i, old.get(i));
      }
    }
    giveBack(old);
    return cells;
  }

  /** Lets go of {@code cells}, which must not be used any more. */
  void giveBack(Cells cells) {
    switch (cells) {
      case Cells.InMemory(var values) -> takenBytes -= 4L * values.length;
      case Cells.InFile file -> {
        file.close();
        files.remove(file);
      }
    }
  }

  /** Deletes the files. */
  @Override
  public void close() {
    files.forEach(Cells.InFile::close);
    files.clear();
  }
}
