package dev.jebena.kernel.cpu;

import dev.jebena.memory.HugePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for packed parts of a matrix, in the kind that the micro-kernel of this process reads
 * best. A process has one kind for each element type, so that no method sees two.
 *
 * @param segment off-heap and 64-byte aligned, or null
 * @param floats on the heap, or null
 * @param doubles on the heap, or null
 */
record Panel(MemorySegment segment, float[] floats, double[] doubles) {
  static Panel ofSegment(long bytes) {
    return new Panel(HugePages.allocate(Arena.ofAuto(), (bytes + 63) & -64L), null, null);
  }

  static Panel ofFloats(int length) {
    return new Panel(null, new float[length], null);
  }

  static Panel ofDoubles(int length) {
    return new Panel(null, null, new double[length]);
  }

  /** How many elements of a type fit. */
  long capacity(int bytes) {
    if (floats != null) {
      return floats.length;
    }
    return doubles != null ? doubles.length : segment.byteSize() / bytes;
  }
}
