package dev.jebena.kernel.cpu;

import java.lang.foreign.MemorySegment;

/**
 * One element-wise operation over contiguous blocks of lanes. Offsets are in bytes. Operations of
 * fewer operands ignore the rest. {@code out} may be one of the operands.
 */
@FunctionalInterface
interface BlockKernel {
  void run(
      MemorySegment a,
      long atA,
      MemorySegment b,
      long atB,
      MemorySegment c,
      long atC,
      MemorySegment out,
      long atOut,
      int n);

  /** A loop over one operand. */
  @FunctionalInterface
  interface OneOperand {
    void run(MemorySegment a, long atA, MemorySegment out, long atOut, int n);
  }

  /** A loop over two operands. */
  @FunctionalInterface
  interface TwoOperands {
    void run(
        MemorySegment a, long atA, MemorySegment b, long atB, MemorySegment out, long atOut, int n);
  }

  static BlockKernel of(OneOperand loop) {
    return (a, atA, b, atB, c, atC, out, atOut, n) -> loop.run(a, atA, out, atOut, n);
  }

  static BlockKernel of(TwoOperands loop) {
    return (a, atA, b, atB, c, atC, out, atOut, n) -> loop.run(a, atA, b, atB, out, atOut, n);
  }

  /** The same loop with its two operands exchanged: {@code a > b} is {@code b < a}. */
  static BlockKernel exchanged(TwoOperands loop) {
    return (a, atA, b, atB, c, atC, out, atOut, n) -> loop.run(b, atB, a, atA, out, atOut, n);
  }
}
