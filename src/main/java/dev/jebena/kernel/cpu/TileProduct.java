package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import jdk.incubator.vector.FloatVector;

/**
 * Products of small tiles that lie in the first-level cache: {@code C[M, N] (+)= A[M, K] · B[K,
 * N]}, where A is read number by number, by rows or by columns, and rows of B and C are contiguous.
 *
 * <p>The kernels hold 8 rows × 2 vectors of C in registers. Each step of K takes 2 vector loads and
 * 8 broadcast loads for 16 multiply-adds, so that the FMA units are the bound, not the load ports.
 *
 * <p>Tiles lie in a Java array. With off-heap segments the same kernel stayed at 1 GFLOP/s in most
 * starts: it is too large for the first compiler, which then never hands it on to the second.
 */
final class TileProduct {
  /** M is a multiple of this. */
  static final int ROWS = 8;

  private static final int LANES = F32.length();

  /** N is a multiple of this. */
  static final int COLUMNS = 2 * LANES;

  private TileProduct() {}

  /** The least multiple of {@link #ROWS} that is not below {@code m}. */
  static int padRows(int m) {
    return (m + ROWS - 1) / ROWS * ROWS;
  }

  /** The least multiple of {@link #COLUMNS} that is not below {@code n}. */
  static int padColumns(int n) {
    return (n + COLUMNS - 1) / COLUMNS * COLUMNS;
  }

  /**
   * The product of tiles that begin at {@code a}, {@code b} and {@code c} in {@code t}.
   *
   * @param aRow from one row of A to the next
   * @param m rows of A and C, a multiple of {@link #ROWS}
   * @param n columns of B and C, a multiple of {@link #COLUMNS}
   * @param accumulate adds to C instead of overwriting it
   */
  static void multiply(
      float[] t,
      int a,
      int aRow,
      int b,
      int bRow,
      int c,
      int cRow,
      int m,
      int n,
      int k,
      boolean accumulate) {
    for (int j = 0; j < n; j += COLUMNS) {
      for (int i = 0; i < m; i += ROWS) {
        rowsTimes(t, a + i * aRow, aRow, b + j, bRow, c + i * cRow + j, cRow, k, accumulate);
      }
    }
  }

  /**
   * The product with the transpose of what lies at {@code a} as {@code [K, M]}.
   *
   * @param aRow from one row of the K to the next
   */
  static void multiplyTransposed(
      float[] t,
      int a,
      int aRow,
      int b,
      int bRow,
      int c,
      int cRow,
      int m,
      int n,
      int k,
      boolean accumulate) {
    for (int j = 0; j < n; j += COLUMNS) {
      for (int i = 0; i < m; i += ROWS) {
        columnsTimes(t, a + i, aRow, b + j, bRow, c + i * cRow + j, cRow, k, accumulate);
      }
    }
  }

  /**
   * One block of C with A[m][k] at {@code a + m·aStride + k}: with a step of exactly 1 along K all
   * its bounds checks leave the loop.
   */
  private static void rowsTimes(
      float[] t, int a, int aStride, int b, int bRow, int c, int cRow, int k, boolean accumulate) {
    int r1 = a + 1 * aStride;
    int r2 = a + 2 * aStride;
    int r3 = a + 3 * aStride;
    int r4 = a + 4 * aStride;
    int r5 = a + 5 * aStride;
    int r6 = a + 6 * aStride;
    int r7 = a + 7 * aStride;
    var c00 = FloatVector.zero(F32);
    var c01 = FloatVector.zero(F32);
    var c10 = FloatVector.zero(F32);
    var c11 = FloatVector.zero(F32);
    var c20 = FloatVector.zero(F32);
    var c21 = FloatVector.zero(F32);
    var c30 = FloatVector.zero(F32);
    var c31 = FloatVector.zero(F32);
    var c40 = FloatVector.zero(F32);
    var c41 = FloatVector.zero(F32);
    var c50 = FloatVector.zero(F32);
    var c51 = FloatVector.zero(F32);
    var c60 = FloatVector.zero(F32);
    var c61 = FloatVector.zero(F32);
    var c70 = FloatVector.zero(F32);
    var c71 = FloatVector.zero(F32);
    for (int i = 0; i < k; i++) {
      int bi = b + i * bRow;
      var b0 = FloatVector.fromArray(F32, t, bi);
      var b1 = FloatVector.fromArray(F32, t, bi + LANES);
      var a0 = FloatVector.broadcast(F32, t[a + i]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      var a1 = FloatVector.broadcast(F32, t[r1 + i]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      var a2 = FloatVector.broadcast(F32, t[r2 + i]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      var a3 = FloatVector.broadcast(F32, t[r3 + i]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      var a4 = FloatVector.broadcast(F32, t[r4 + i]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      var a5 = FloatVector.broadcast(F32, t[r5 + i]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      var a6 = FloatVector.broadcast(F32, t[r6 + i]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      var a7 = FloatVector.broadcast(F32, t[r7 + i]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
    }
    if (accumulate) {
      c00.add(FloatVector.fromArray(F32, t, c)).intoArray(t, c);
      c01.add(FloatVector.fromArray(F32, t, c + LANES)).intoArray(t, c + LANES);
      c10.add(FloatVector.fromArray(F32, t, c + 1 * cRow)).intoArray(t, c + 1 * cRow);
      c11.add(FloatVector.fromArray(F32, t, c + 1 * cRow + LANES))
          .intoArray(t, c + 1 * cRow + LANES);
      c20.add(FloatVector.fromArray(F32, t, c + 2 * cRow)).intoArray(t, c + 2 * cRow);
      c21.add(FloatVector.fromArray(F32, t, c + 2 * cRow + LANES))
          .intoArray(t, c + 2 * cRow + LANES);
      c30.add(FloatVector.fromArray(F32, t, c + 3 * cRow)).intoArray(t, c + 3 * cRow);
      c31.add(FloatVector.fromArray(F32, t, c + 3 * cRow + LANES))
          .intoArray(t, c + 3 * cRow + LANES);
      c40.add(FloatVector.fromArray(F32, t, c + 4 * cRow)).intoArray(t, c + 4 * cRow);
      c41.add(FloatVector.fromArray(F32, t, c + 4 * cRow + LANES))
          .intoArray(t, c + 4 * cRow + LANES);
      c50.add(FloatVector.fromArray(F32, t, c + 5 * cRow)).intoArray(t, c + 5 * cRow);
      c51.add(FloatVector.fromArray(F32, t, c + 5 * cRow + LANES))
          .intoArray(t, c + 5 * cRow + LANES);
      c60.add(FloatVector.fromArray(F32, t, c + 6 * cRow)).intoArray(t, c + 6 * cRow);
      c61.add(FloatVector.fromArray(F32, t, c + 6 * cRow + LANES))
          .intoArray(t, c + 6 * cRow + LANES);
      c70.add(FloatVector.fromArray(F32, t, c + 7 * cRow)).intoArray(t, c + 7 * cRow);
      c71.add(FloatVector.fromArray(F32, t, c + 7 * cRow + LANES))
          .intoArray(t, c + 7 * cRow + LANES);
    } else {
      c00.intoArray(t, c);
      c01.intoArray(t, c + LANES);
      c10.intoArray(t, c + 1 * cRow);
      c11.intoArray(t, c + 1 * cRow + LANES);
      c20.intoArray(t, c + 2 * cRow);
      c21.intoArray(t, c + 2 * cRow + LANES);
      c30.intoArray(t, c + 3 * cRow);
      c31.intoArray(t, c + 3 * cRow + LANES);
      c40.intoArray(t, c + 4 * cRow);
      c41.intoArray(t, c + 4 * cRow + LANES);
      c50.intoArray(t, c + 5 * cRow);
      c51.intoArray(t, c + 5 * cRow + LANES);
      c60.intoArray(t, c + 6 * cRow);
      c61.intoArray(t, c + 6 * cRow + LANES);
      c70.intoArray(t, c + 7 * cRow);
      c71.intoArray(t, c + 7 * cRow + LANES);
    }
  }

  /**
   * One block of C with A[m][k] at {@code a + m + k·aStride}: neighbours share one bounds check.
   */
  private static void columnsTimes(
      float[] t, int a, int aStride, int b, int bRow, int c, int cRow, int k, boolean accumulate) {
    var c00 = FloatVector.zero(F32);
    var c01 = FloatVector.zero(F32);
    var c10 = FloatVector.zero(F32);
    var c11 = FloatVector.zero(F32);
    var c20 = FloatVector.zero(F32);
    var c21 = FloatVector.zero(F32);
    var c30 = FloatVector.zero(F32);
    var c31 = FloatVector.zero(F32);
    var c40 = FloatVector.zero(F32);
    var c41 = FloatVector.zero(F32);
    var c50 = FloatVector.zero(F32);
    var c51 = FloatVector.zero(F32);
    var c60 = FloatVector.zero(F32);
    var c61 = FloatVector.zero(F32);
    var c70 = FloatVector.zero(F32);
    var c71 = FloatVector.zero(F32);
    for (int i = 0; i < k; i++) {
      int bi = b + i * bRow;
      var b0 = FloatVector.fromArray(F32, t, bi);
      var b1 = FloatVector.fromArray(F32, t, bi + LANES);
      int ai = a + i * aStride;
      var a0 = FloatVector.broadcast(F32, t[ai]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      var a1 = FloatVector.broadcast(F32, t[ai + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      var a2 = FloatVector.broadcast(F32, t[ai + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      var a3 = FloatVector.broadcast(F32, t[ai + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      var a4 = FloatVector.broadcast(F32, t[ai + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      var a5 = FloatVector.broadcast(F32, t[ai + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      var a6 = FloatVector.broadcast(F32, t[ai + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      var a7 = FloatVector.broadcast(F32, t[ai + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
    }
    if (accumulate) {
      c00.add(FloatVector.fromArray(F32, t, c)).intoArray(t, c);
      c01.add(FloatVector.fromArray(F32, t, c + LANES)).intoArray(t, c + LANES);
      c10.add(FloatVector.fromArray(F32, t, c + 1 * cRow)).intoArray(t, c + 1 * cRow);
      c11.add(FloatVector.fromArray(F32, t, c + 1 * cRow + LANES))
          .intoArray(t, c + 1 * cRow + LANES);
      c20.add(FloatVector.fromArray(F32, t, c + 2 * cRow)).intoArray(t, c + 2 * cRow);
      c21.add(FloatVector.fromArray(F32, t, c + 2 * cRow + LANES))
          .intoArray(t, c + 2 * cRow + LANES);
      c30.add(FloatVector.fromArray(F32, t, c + 3 * cRow)).intoArray(t, c + 3 * cRow);
      c31.add(FloatVector.fromArray(F32, t, c + 3 * cRow + LANES))
          .intoArray(t, c + 3 * cRow + LANES);
      c40.add(FloatVector.fromArray(F32, t, c + 4 * cRow)).intoArray(t, c + 4 * cRow);
      c41.add(FloatVector.fromArray(F32, t, c + 4 * cRow + LANES))
          .intoArray(t, c + 4 * cRow + LANES);
      c50.add(FloatVector.fromArray(F32, t, c + 5 * cRow)).intoArray(t, c + 5 * cRow);
      c51.add(FloatVector.fromArray(F32, t, c + 5 * cRow + LANES))
          .intoArray(t, c + 5 * cRow + LANES);
      c60.add(FloatVector.fromArray(F32, t, c + 6 * cRow)).intoArray(t, c + 6 * cRow);
      c61.add(FloatVector.fromArray(F32, t, c + 6 * cRow + LANES))
          .intoArray(t, c + 6 * cRow + LANES);
      c70.add(FloatVector.fromArray(F32, t, c + 7 * cRow)).intoArray(t, c + 7 * cRow);
      c71.add(FloatVector.fromArray(F32, t, c + 7 * cRow + LANES))
          .intoArray(t, c + 7 * cRow + LANES);
    } else {
      c00.intoArray(t, c);
      c01.intoArray(t, c + LANES);
      c10.intoArray(t, c + 1 * cRow);
      c11.intoArray(t, c + 1 * cRow + LANES);
      c20.intoArray(t, c + 2 * cRow);
      c21.intoArray(t, c + 2 * cRow + LANES);
      c30.intoArray(t, c + 3 * cRow);
      c31.intoArray(t, c + 3 * cRow + LANES);
      c40.intoArray(t, c + 4 * cRow);
      c41.intoArray(t, c + 4 * cRow + LANES);
      c50.intoArray(t, c + 5 * cRow);
      c51.intoArray(t, c + 5 * cRow + LANES);
      c60.intoArray(t, c + 6 * cRow);
      c61.intoArray(t, c + 6 * cRow + LANES);
      c70.intoArray(t, c + 7 * cRow);
      c71.intoArray(t, c + 7 * cRow + LANES);
    }
  }
}
