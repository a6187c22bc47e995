package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Moves tiles between strided operands and the array in which tiles are worked on. */
final class TileCopy {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  private TileCopy() {}

  /**
   * Copies {@code rows} rows of {@code width} floats to {@code tile}, filled up with zeros to rows
   * of {@code paddedWidth} and to {@code paddedRows} rows.
   *
   * @param at where the first row begins, in bytes
   * @param stride from row to row, in bytes
   */
  static void pack(
      MemorySegment x,
      long at,
      long stride,
      int rows,
      int width,
      float[] t,
      int tile,
      int paddedRows,
      int paddedWidth) {
    for (int i = 0; i < rows; i++) {
      int to = tile + i * paddedWidth;
      load(x, at + i * stride, t, to, width);
      Arrays.fill(t, to + width, to + paddedWidth, 0);
    }
    Arrays.fill(t, tile + rows * paddedWidth, tile + paddedRows * paddedWidth, 0);
  }

  private static void load(MemorySegment x, long at, float[] t, int to, int width) {
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      FloatVector.fromMemorySegment(F32, x, at + (long) i * Float.BYTES, ORDER)
          .intoArray(t, to + i);
    }
    for (; i < width; i++) {
      t[to + i] = x.get(FLOAT, at + (long) i * Float.BYTES);
    }
  }

  /** Writes {@code width} floats times {@code factor} to byte {@code at} of {@code out}. */
  static void store(float[] t, int from, float factor, MemorySegment out, long at, int width) {
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      FloatVector.fromArray(F32, t, from + i)
          .mul(factor)
          .intoMemorySegment(out, at + (long) i * Float.BYTES, ORDER);
    }
    for (; i < width; i++) {
      out.set(FLOAT, at + (long) i * Float.BYTES, t[from + i] * factor);
    }
  }

  /** Multiplies {@code width} floats, a multiple of the lanes, in place. */
  static void scale(float[] t, int from, float factor, int width) {
    for (int i = from; i < from + width; i += LANES) {
      FloatVector.fromArray(F32, t, i).mul(factor).intoArray(t, i);
    }
  }

  /**
   * {@code out[d][i] = factor · x[i][d]}: rows become columns. Four rows at a time, so that each
   * line of {@code out} is touched once per four numbers.
   *
   * @param rows a multiple of 4, and the length of the rows of {@code out}
   */
  static void transpose(float[] t, int x, int rows, int width, int xWidth, float factor, int out) {
    for (int i = 0; i < rows; i += 4) {
      int from = x + i * xWidth;
      int to = out + i;
      for (int d = 0; d < width; d++) {
        int at = to + d * rows;
        t[at] = t[from + d] * factor;
        t[at + 1] = t[from + xWidth + d] * factor;
        t[at + 2] = t[from + 2 * xWidth + d] * factor;
        t[at + 3] = t[from + 3 * xWidth + d] * factor;
      }
    }
  }
}
