package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;
import static dev.jebena.kernel.cpu.TileProduct.ROWS;

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
   * Copies {@code count} rows of {@code width} floats to {@code tile}, filled up with zeros to
   * {@code rows} rows.
   *
   * @param at where the first row begins, in bytes
   * @param stride from row to row, in bytes
   */
  static void rows(
      MemorySegment x, long at, long stride, int count, int rows, int width, float[] t, int tile) {
    for (int i = 0; i < count; i++) {
      load(x, at + i * stride, t, tile + i * width, width);
    }
    Arrays.fill(t, tile + count * width, tile + rows * width, 0);
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

  /**
   * Cuts columns into panels, the right operands of products: {@code out[d / P][i][d % P] =
   * x[i][d]}, zeros beyond {@code width}.
   *
   * @param rows how many there are
   * @param outRows from one panel to the next
   */
  static void panels(float[] t, int x, int rows, int width, int out, int outRows) {
    for (int d = 0; d < width; d += PANEL) {
      int n = Math.min(PANEL, width - d);
      for (int i = 0; i < rows; i++) {
        int from = x + i * width + d;
        int to = out + d * outRows + i * PANEL;
        for (int j = 0; j < n; j++) {
          t[to + j] = t[from + j];
        }
        for (int j = n; j < PANEL; j++) {
          t[to + j] = 0;
        }
      }
    }
  }

  /**
   * Cuts columns into slivers, the left operands of products whose rows they are: {@code out[d /
   * R][i][d % R] = x[i][d]}, zeros beyond {@code width}; the last sliver may have 4.
   *
   * @param rows how many there are, and the depth of the slivers
   */
  static void slivers(float[] t, int x, int rows, int width, int out) {
    int padded = TileProduct.padRows(width);
    for (int d = 0; d < padded; d += ROWS) {
      int size = Math.min(ROWS, padded - d);
      int n = Math.min(size, width - d);
      for (int i = 0; i < rows; i++) {
        int from = x + i * width + d;
        int to = out + d * rows + i * size;
        for (int j = 0; j < n; j++) {
          t[to + j] = t[from + j];
        }
        for (int j = n; j < size; j++) {
          t[to + j] = 0;
        }
      }
    }
  }

  /**
   * Cuts rows into panels and turns them: {@code out[i / P][d][i % P] = factor · x[i][d]}.
   *
   * @param rows a multiple of P
   */
  static void turnedPanels(float[] t, int x, int rows, int width, float factor, int out) {
    for (int i = 0; i < rows; i += PANEL) {
      turn(t, x + i * width, PANEL, width, factor, out + i * width);
    }
  }

  /**
   * Cuts rows into slivers and turns them: {@code out[i / R][d][i % R] = factor · x[i][d]}.
   *
   * @param rows from {@link TileProduct#padRows}
   */
  static void turnedSlivers(float[] t, int x, int rows, int width, float factor, int out) {
    for (int i = 0; i < rows; i += ROWS) {
      turn(t, x + i * width, Math.min(ROWS, rows - i), width, factor, out + i * width);
    }
  }

  /** {@code out[d][i] = factor · x[i][d]} for an even number of rows. */
  private static void turn(float[] t, int x, int rows, int width, float factor, int out) {
    for (int i = 0; i < rows; i += 2) {
      int from = x + i * width;
      int to = out + i;
      for (int d = 0; d < width; d++) {
        t[to] = t[from + d] * factor;
        t[to + 1] = t[from + width + d] * factor;
        to += rows;
      }
    }
  }

  /** {@code out[i][d] = x[d][i]} for one panel. */
  static void turnBack(float[] t, int x, int width, int out) {
    for (int i = 0; i < PANEL; i += 2) {
      int from = x + i;
      int to = out + i * width;
      for (int d = 0; d < width; d++) {
        t[to + d] = t[from];
        t[to + width + d] = t[from + 1];
        from += PANEL;
      }
    }
  }
}
