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

  /**
   * The loop for where the first operand is one number all along the block; null if there is none.
   */
  default WithNumber firstNumber() {
    return null;
  }

  /**
   * The loop for where the second operand is one number all along the block; null if there is none.
   */
  default WithNumber secondNumber() {
    return null;
  }

  /** A loop over one operand and a number. */
  @FunctionalInterface
  interface WithNumber {
    void run(MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n);
  }

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

  /** A loop over two operands, and those for where one of them is a number. */
  static BlockKernel of(TwoOperands loop, WithNumber first, WithNumber second) {
    return new BlockKernel() {
      @Override
      public void run(
          MemorySegment a,
          long atA,
          MemorySegment b,
          long atB,
          MemorySegment c,
          long atC,
          MemorySegment out,
          long atOut,
          int n) {
        loop.run(a, atA, b, atB, out, atOut, n);
      }

      @Override
      public WithNumber firstNumber() {
        return first;
      }

      @Override
      public WithNumber secondNumber() {
        return second;
      }
    };
  }

  /** The same loop with its two operands exchanged: {@code a > b} is {@code b < a}. */
  static BlockKernel exchanged(TwoOperands loop) {
    return (a, atA, b, atB, c, atC, out, atOut, n) -> loop.run(b, atB, a, atA, out, atOut, n);
  }
}
