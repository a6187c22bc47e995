package dev.jebena.kernel.cpu;

import dev.jebena.memory.HugePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Working memory of one thread: a few numbered areas of 64-byte aligned off-heap memory that grow
 * and stay. Whoever asks for an area must know who else on the same thread uses it meanwhile; the
 * constants name the users.
 */
final class Scratch {
  /** Packed left matrices of matrix products. */
  static final int PACKED_A = 0;

  /** Packed right matrices of matrix products, read by all threads of one product. */
  static final int PACKED_B = 1;

  /** A tile at the edge of a product. */
  static final int TILE = 2;

  /** Operand blocks of element-wise kernels. */
  static final int BLOCKS = 3;

  /** Partial results that the tasks of one call leave for its end. */
  static final int PARTIALS = 4;

  /** Blocks of fused kernels. */
  static final int FUSED = 5;

  /** Partial results of fused kernels. */
  static final int FUSED_PARTIALS = 6;

  private final MemorySegment[] areas = new MemorySegment[7];
  private float[] floats = {};
  private float[] scores = {};
  private double[] doubles = {};

  /** An array in place of {@link #TILE}, for kernels that write to arrays. */
  float[] floats(int length) {
    if (floats.length < length) {
      floats = new float[length];
    }
    return floats;
  }

  /** The array of {@link ScoreArea}. */
  float[] scores(int length) {
    if (scores.length < length) {
      scores = new float[length];
    }
    return scores;
  }

  /** A tile of f64. */
  double[] doubles(int length) {
    if (doubles.length < length) {
      doubles = new double[length];
    }
    return doubles;
  }

  /** An area of at least so many bytes, content undefined. */
  MemorySegment area(int index, long bytes) {
    var area = areas[index];
    if (area == null || area.byteSize() < bytes) {
      long size = Math.max(bytes, area == null ? 0 : area.byteSize() * 3 / 2);
      area = HugePages.allocate(Arena.ofAuto(), (size + 63) & -64L);
      areas[index] = area;
    }
    return area;
  }
}
