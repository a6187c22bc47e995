package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;

/**
 * Products of small matrices that lie packed in the nearest caches: {@code C[M, N] (+)= A[M, K] ·
 * B[K, N]} for the columns that make a panel. A lies in slivers of {@link #ROWS} rows, each column
 * by column; rows of B and of C lie one behind the other, {@link #PANEL} floats each. All of it is
 * done by the tiles that matrix products are made of.
 */
final class TileProduct {
  private static final TileKernel KERNEL = TileKernel.F32;
  private static final long ROW = (long) KERNEL.columns() * Float.BYTES;

  /** Rows of a sliver. */
  static final int ROWS = KERNEL.rows();

  /** Columns of one product. */
  static final int PANEL = KERNEL.columns();

  /** Whole slivers that are whole steps of K, too: what takes part is rounded to it. */
  static final int GRAIN = ROWS % PackedProduct.STEPS == 0 ? ROWS : ROWS * PackedProduct.STEPS;

  private TileProduct() {}

  /** The least multiple of {@link #ROWS} that is not below {@code m}. */
  static int padRows(int m) {
    return up(m, ROWS);
  }

  /** The least multiple of {@link #PANEL} that is not below {@code n}. */
  static int padColumns(int n) {
    return up(n, PANEL);
  }

  /** The least depth of slivers that is not below {@code k}. */
  static int padDepth(int k) {
    return up(k, PackedProduct.STEPS);
  }

  /** The least multiple of {@link #GRAIN} that is not below {@code n}. */
  static int padGrain(int n) {
    return up(n, GRAIN);
  }

  private static int up(int n, int unit) {
    return (n + unit - 1) / unit * unit;
  }

  /**
   * Multiplies what lies at absolute addresses.
   *
   * @param depth of the slivers of A as they lie there
   * @param skip columns of A to leave out at the beginning
   * @param m rows of A and C, a multiple of {@link #ROWS}
   * @param k columns of A and rows of B that are multiplied, a multiple of {@link
   *     PackedProduct#STEPS}
   * @param add to C instead of overwriting it
   */
  static void multiply(
      Scratch scratch, long a, int depth, int skip, long b, long c, int m, int k, boolean add) {
    for (int i = 0; i < m; i += ROWS) {
      long sliver = a + ((long) i * depth + (long) skip * ROWS) * Float.BYTES;
      KERNEL.tile(ALL, sliver, ALL, b, k, add, scratch, ALL, c + i * ROW, ROW);
    }
  }

  /**
   * Multiplies into an array: {@code c[M, PANEL] = A · B}.
   *
   * @param depth of the slivers of A, and rows of B
   * @param m rows of A and C, a multiple of {@link #ROWS}
   */
  static void multiply(Scratch scratch, long a, long b, float[] c, int at, int m, int depth) {
    for (int i = 0; i < m; i += ROWS) {
      long sliver = a + (long) i * depth * Float.BYTES;
      KERNEL.tile(ALL, sliver, ALL, b, depth, scratch, c, at + i * PANEL);
    }
  }
}
