package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.MemorySegment;

/** A contiguous f32 operand: its memory and where it begins, in bytes. */
record Contiguous(MemorySegment segment, long base) {
  /** Elements that one task of an element-wise kernel takes, whatever the number of threads. */
  static final int CHUNK = 16_384;

  static Contiguous of(Operand operand) {
    return new Contiguous(
        ((HostBuffer) operand.buffer()).segment(), operand.layout().offset() * Float.BYTES);
  }

  /** Where element {@code i} begins. */
  long at(long i) {
    return base + i * Float.BYTES;
  }

  /** Tasks that {@code elements} elements make. */
  static int chunks(long elements) {
    return Math.toIntExact((elements + CHUNK - 1) / CHUNK);
  }

  /** Elements of a task. */
  static int chunkSize(long elements, int task) {
    return (int) Math.min(CHUNK, elements - (long) task * CHUNK);
  }

  /**
   * Rows that make a task whose rows are worked on in turns, the next being read while one is
   * computed: up to four chunks where that leaves enough tasks, since the first of a task has none
   * before it.
   */
  static int rowsPerLongTask(long width, long rows) {
    int few = rowsPerTask(width);
    return (int) Math.max(few, Math.min(4L * few, rows / 64));
  }

  /** Rows that make a task of about one chunk. */
  static int rowsPerTask(long width) {
    return (int) Math.max(1, CHUNK / Math.max(1, width));
  }
}
