package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

/**
 * Products of small tiles that lie in the nearest caches: {@code C[M, N] (+)= A[M, K] · B[K, N]}
 * for the two vectors of columns that make a panel. Rows of B lie one behind the other, {@link
 * #PANEL} floats each, so that they fall into different lines of the cache. A is read number by
 * number, for {@link #ROWS} rows of C at a time and 4 at the end.
 *
 * <p>Tiles lie in a Java array. With off-heap segments such kernels stayed at 1 GFLOP/s in most
 * starts: too large for the first compiler, which then never handed them on to the second.
 */
final class TileProduct {
  /** Only 256 bits come with 16 registers: AVX-512 and NEON have 32. */
  private static final boolean FEW_REGISTERS = F32.vectorBitSize() == 256;

  /** Rows of a block. */
  static final int ROWS = FEW_REGISTERS ? 6 : 8;

  /** Columns of one product. */
  static final int PANEL = 2 * F32.length();

  private TileProduct() {}

  /** The rows that blocks for {@code m} rows have: full ones, and at the end one of 4. */
  static int padRows(int m) {
    int rest = m % ROWS;
    return m - rest + (rest == 0 ? 0 : rest <= 4 ? 4 : ROWS);
  }

  /** The least multiple of {@link #PANEL} that is not below {@code n}. */
  static int padColumns(int n) {
    return (n + PANEL - 1) / PANEL * PANEL;
  }

  /**
   * With A cut into slivers: each block of rows lies by itself, column by column.
   *
   * @param depth columns of A in all
   * @param skip columns to leave out at the beginning
   * @param cStep from one row of C to the next
   * @param m rows of A and C, from {@link #padRows}
   * @param k columns of A and rows of B that are multiplied
   * @param add to C instead of overwriting it
   */
  static void slivers(
      float[] t, int a, int depth, int skip, int b, int c, int cStep, int m, int k, boolean add) {
    int i = 0;
    for (; i <= m - ROWS; i += ROWS) {
      block(t, a + i * depth + skip * ROWS, 1, ROWS, b, c + i * cStep, cStep, k, add);
    }
    if (i < m) {
      FourRows.multiply(t, a + i * depth + skip * 4, 1, 4, b, c + i * cStep, cStep, k, add);
    }
  }

  /**
   * With A column by column: A[m][k] lies at {@code a + m + k · aStep}.
   *
   * @param m rows of A and C, from {@link #padRows}
   */
  static void columns(
      float[] t, int a, int aStep, int b, int c, int cStep, int m, int k, boolean add) {
    int i = 0;
    for (; i <= m - ROWS; i += ROWS) {
      block(t, a + i, 1, aStep, b, c + i * cStep, cStep, k, add);
    }
    if (i < m) {
      FourRows.multiply(t, a + i, 1, aStep, b, c + i * cStep, cStep, k, add);
    }
  }

  /**
   * With A row by row: A[m][k] lies at {@code a + m · aRow + k}.
   *
   * @param m rows of A and C, from {@link #padRows}
   */
  static void rows(float[] t, int a, int aRow, int b, int c, int cStep, int m, int k, boolean add) {
    int i = 0;
    for (; i <= m - ROWS; i += ROWS) {
      block(t, a + i * aRow, aRow, 1, b, c + i * cStep, cStep, k, add);
    }
    if (i < m) {
      FourRows.multiply(t, a + i * aRow, aRow, 1, b, c + i * cStep, cStep, k, add);
    }
  }

  private static void block(
      float[] t, int a, int aRow, int aStep, int b, int c, int cStep, int k, boolean add) {
    if (FEW_REGISTERS) {
      SixRows.multiply(t, a, aRow, aStep, b, c, cStep, k, add);
    } else {
      EightRows.multiply(t, a, aRow, aStep, b, c, cStep, k, add);
    }
  }
}
