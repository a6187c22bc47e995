package dev.jebena.tokenizer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Very many ints, by index: an array, or a temporary file in the address space where an array would
 * be too large. Of the file the system keeps in memory what it has room for.
 */
sealed interface Cells {
  /** How many. */
  long size();

  int get(long index);

  void set(long index, int value);

  /** The long in two cells, the high half first. */
  default long getLong(long index) {
    return (long) get(index) << 32 | get(index + 1) & 0xFFFFFFFFL;
  }

  /** Puts a long into two cells. */
  default void setLong(long index, long value) {
    set(index, (int) (value >>> 32));
    set(index + 1, (int) value);
  }

  /** Adds to the long in two cells. */
  default void add(long index, long amount) {
    setLong(index, getLong(index) + amount);
  }

  /** In an array. */
  record InMemory(int[] values) implements Cells {
    @Override
    public long size() {
      return values.length;
    }

    @Override
    public int get(long index) {
      return values[(int) index];
    }

    @Override
    public void set(long index, int value) {
      values[(int) index] = value;
    }

    @Override
    public void add(long index, long amount) {
      int at = (int) index;
      long sum = ((long) values[at] << 32 | values[at + 1] & 0xFFFFFFFFL) + amount;
      values[at] = (int) (sum >>> 32);
      values[at + 1] = (int) sum;
    }
  }

  /** In a mapped file, for one thread, which is deleted when it is closed. */
  final class InFile implements Cells, AutoCloseable {
    private final FileChannel file;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment values;

    InFile(long size, TrainingMemory memory) {
      FileChannel opened = null;
      try {
        opened = memory.temporaryFile();
        fill(opened, 4 * size);
        values = opened.map(FileChannel.MapMode.READ_WRITE, 0, 4 * size, arena);
        file = opened;
      } catch (IOException e) {
        arena.close();
        if (opened != null) {
          TrainingMemory.close(opened);
        }
        throw new TokenizerException(
            "what does not fit into memory cannot be put into a temporary file: " + e.getMessage(),
            e);
      }
    }

    /** With zeros, so that a full disk is an error here and not a fault later. */
    private static void fill(FileChannel channel, long bytes) throws IOException {
      var zeros = ByteBuffer.allocateDirect(1 << 20);
      for (long at = 0; at < bytes; ) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
        at += channel.write(zeros, at);
      }
    }

    @Override
    public long size() {
      return values.byteSize() / 4;
    }

    @Override
    public int get(long index) {
      return values.getAtIndex(ValueLayout.JAVA_INT, index);
    }

    @Override
    public void set(long index, int value) {
      values.setAtIndex(ValueLayout.JAVA_INT, index, value);
    }

    @Override
    public void close() {
      arena.close();
      TrainingMemory.close(file);
    }
  }
}
