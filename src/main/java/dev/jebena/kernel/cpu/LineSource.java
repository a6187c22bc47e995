package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.LONG;

import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * Reads a line of elements block by block as keys: whole numbers in the order in which the elements
 * are to come.
 *
 * @param dtype of the elements
 * @param x their memory
 * @param step bytes between neighbours
 * @param length elements
 * @param descending whether the largest come first
 * @param scratch of the reading thread
 */
record LineSource(
    DType dtype, MemorySegment x, long step, int length, boolean descending, Scratch scratch) {
  static final int BLOCK = ElementWise.BLOCK;

  /** Stages n elements from element i of the line at {@code atX} on, in their lane. */
  MemorySegment block(long atX, int i, int n) {
    var block = scratch.area(Scratch.BLOCKS, 8L * BLOCK);
    Staging.load(dtype, x, atX + i * step, step, block, 0, n);
    return block;
  }

  /** The key of element i of a staged block of a type of at most 32 bits. */
  int narrowKey(MemorySegment block, int i) {
    int rising =
        switch (Lane.of(dtype)) {
          case F32 -> risingBits(block.get(FLOAT, 4L * i));
          case I64 -> (int) block.get(LONG, 8L * i);
          case BOOL -> block.get(BYTE, i);
          case F64 -> throw new IllegalArgumentException("f64 has wide keys");
        };
    return descending ? ~rising : rising;
  }

  /** The key of element i of a staged block of f64 or i64. */
  long wideKey(MemorySegment block, int i) {
    long rising =
        dtype == DType.F64 ? risingBits(block.get(DOUBLE, 8L * i)) : block.get(LONG, 8L * i);
    return descending ? ~rising : rising;
  }

  /** Integers that rise as floats do; −0 is 0, and NaN, whatever its bits, stands above all. */
  static int risingBits(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  static long risingBits(double value) {
    long bits = Double.doubleToLongBits(value + 0d);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }
}
