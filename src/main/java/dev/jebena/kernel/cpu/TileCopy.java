package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Moves tiles between strided operands and the packed form in which tiles are worked on. */
final class TileCopy {
  private static final int LANES = F32.length();
  private static final long VECTOR = F32.vectorByteSize();

  private TileCopy() {}

  /**
   * Packs a matrix {@code [rows, depth]} for products: {@code out[r / width][k][r % width] =
   * x[r][k]}, zeros beyond what there is.
   *
   * @param stepR bytes between neighbours along the first axis of x
   * @param stepK bytes between neighbours along the second axis of x
   * @param allRows rows to be there afterwards, a multiple of {@code width}
   * @param allDepth depth to be there afterwards
   * @param width {@link TileProduct#ROWS} for a left operand, {@link TileProduct#PANEL} for a right
   *     one
   */
  static void pack(
      MemorySegment x,
      long at,
      long stepR,
      long stepK,
      int rows,
      int depth,
      long out,
      int allRows,
      int allDepth,
      int width) {
    long column = (long) width * Float.BYTES;
    for (int r = 0; r < allRows; r += width) {
      long to = out + (long) r * allDepth * Float.BYTES;
      int packed = r < rows ? depth : 0;
      if (packed > 0) {
        int n = Math.min(width, rows - r);
        TileKernel.F32.pack(x, at + r * stepR, stepR, stepK, n, depth, ALL, to, width);
      }
      zero(to + packed * column, (long) (allDepth - packed) * width);
    }
  }

  /** {@code x *= factor} for {@code n} floats, a multiple of a vector's. */
  static void scale(long x, int n, float factor) {
    for (int i = 0; i < n; i += LANES) {
      long at = x + (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(F32, ALL, at, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, at, ORDER);
    }
  }

  /** Floats from one row to the next after {@link #turnBack}. */
  static int turnedRow(int width) {
    return (width + 7) & -8;
  }

  /** {@code out[i][d] = x[d][i]} for one panel of {@code width} rows. */
  static void turnBack(long x, int width, long out) {
    long row = (long) PANEL * Float.BYTES;
    Packing.sliver(ALL, x, row, Float.BYTES, width, PANEL, ALL, out, turnedRow(width));
  }

  /** Writes {@code width} floats times {@code factor} to byte {@code at} of {@code out}. */
  static void store(long from, float factor, MemorySegment out, long at, int width) {
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(F32, ALL, from + shift, ORDER)
          .mul(factor)
          .intoMemorySegment(out, at + shift, ORDER);
    }
    for (; i < width; i++) {
      long shift = (long) i * Float.BYTES;
      out.set(FLOAT, at + shift, ALL.get(FLOAT, from + shift) * factor);
    }
  }

  /** Zeros for {@code n} floats. */
  static void zero(long at, long n) {
    if (n > 0) {
      ALL.asSlice(at, n * Float.BYTES).fill((byte) 0);
    }
  }

  /** {@code value} for {@code n} floats, a multiple of a vector's. */
  static void fill(long at, int n, float value) {
    var all = FloatVector.broadcast(F32, value);
    for (long p = at; p < at + (long) n * Float.BYTES; p += VECTOR) {
      all.intoMemorySegment(ALL, p, ORDER);
    }
  }
}
