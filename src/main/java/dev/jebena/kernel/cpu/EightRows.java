package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;

import jdk.incubator.vector.FloatVector;

/** Blocks of 8 rows × 2 vectors of C, for machines with 32 registers; see {@link SixRows}. */
final class EightRows {
  private static final int LANES = F32.length();

  private EightRows() {}

  /**
   * One block of C.
   *
   * @param aRow from A[m][k] to A[m + 1][k]
   * @param aStep from A[m][k] to A[m][k + 1]
   * @param cStep from one row of C to the next
   * @param add to C instead of overwriting it
   */
  static void multiply(
      float[] t, int a, int aRow, int aStep, int b, int c, int cStep, int k, boolean add) {
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
    int p0 = a;
    int p1 = a + aRow;
    int p2 = a + 2 * aRow;
    int p3 = a + 3 * aRow;
    int p4 = a + 4 * aRow;
    int p5 = a + 5 * aRow;
    int p6 = a + 6 * aRow;
    int p7 = a + 7 * aRow;
    int pb = b;
    int end = b + k * PANEL;
    while (pb != end) {
      var b0 = FloatVector.fromArray(F32, t, pb);
      var b1 = FloatVector.fromArray(F32, t, pb + LANES);
      var a0 = FloatVector.broadcast(F32, t[p0]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      var a1 = FloatVector.broadcast(F32, t[p1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      var a2 = FloatVector.broadcast(F32, t[p2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      var a3 = FloatVector.broadcast(F32, t[p3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      var a4 = FloatVector.broadcast(F32, t[p4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      var a5 = FloatVector.broadcast(F32, t[p5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      var a6 = FloatVector.broadcast(F32, t[p6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      var a7 = FloatVector.broadcast(F32, t[p7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      p0 += aStep;
      p1 += aStep;
      p2 += aStep;
      p3 += aStep;
      p4 += aStep;
      p5 += aStep;
      p6 += aStep;
      p7 += aStep;
      pb += PANEL;
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(F32, t, c));
      c01 = c01.add(FloatVector.fromArray(F32, t, c + LANES));
      c10 = c10.add(FloatVector.fromArray(F32, t, c + cStep));
      c11 = c11.add(FloatVector.fromArray(F32, t, c + cStep + LANES));
      c20 = c20.add(FloatVector.fromArray(F32, t, c + 2 * cStep));
      c21 = c21.add(FloatVector.fromArray(F32, t, c + 2 * cStep + LANES));
      c30 = c30.add(FloatVector.fromArray(F32, t, c + 3 * cStep));
      c31 = c31.add(FloatVector.fromArray(F32, t, c + 3 * cStep + LANES));
      c40 = c40.add(FloatVector.fromArray(F32, t, c + 4 * cStep));
      c41 = c41.add(FloatVector.fromArray(F32, t, c + 4 * cStep + LANES));
      c50 = c50.add(FloatVector.fromArray(F32, t, c + 5 * cStep));
      c51 = c51.add(FloatVector.fromArray(F32, t, c + 5 * cStep + LANES));
      c60 = c60.add(FloatVector.fromArray(F32, t, c + 6 * cStep));
      c61 = c61.add(FloatVector.fromArray(F32, t, c + 6 * cStep + LANES));
      c70 = c70.add(FloatVector.fromArray(F32, t, c + 7 * cStep));
      c71 = c71.add(FloatVector.fromArray(F32, t, c + 7 * cStep + LANES));
    }
    c00.intoArray(t, c);
    c01.intoArray(t, c + LANES);
    c10.intoArray(t, c + cStep);
    c11.intoArray(t, c + cStep + LANES);
    c20.intoArray(t, c + 2 * cStep);
    c21.intoArray(t, c + 2 * cStep + LANES);
    c30.intoArray(t, c + 3 * cStep);
    c31.intoArray(t, c + 3 * cStep + LANES);
    c40.intoArray(t, c + 4 * cStep);
    c41.intoArray(t, c + 4 * cStep + LANES);
    c50.intoArray(t, c + 5 * cStep);
    c51.intoArray(t, c + 5 * cStep + LANES);
    c60.intoArray(t, c + 6 * cStep);
    c61.intoArray(t, c + 6 * cStep + LANES);
    c70.intoArray(t, c + 7 * cStep);
    c71.intoArray(t, c + 7 * cStep + LANES);
  }
}
