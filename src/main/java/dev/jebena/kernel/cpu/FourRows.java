package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;

import jdk.incubator.vector.FloatVector;

/** Blocks of 4 rows × 2 vectors of C, for what remains at the end; see {@link SixRows}. */
final class FourRows {
  private static final int LANES = F32.length();

  private FourRows() {}

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
    int p0 = a;
    int p1 = a + aRow;
    int p2 = a + 2 * aRow;
    int p3 = a + 3 * aRow;
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
      p0 += aStep;
      p1 += aStep;
      p2 += aStep;
      p3 += aStep;
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
    }
    c00.intoArray(t, c);
    c01.intoArray(t, c + LANES);
    c10.intoArray(t, c + cStep);
    c11.intoArray(t, c + cStep + LANES);
    c20.intoArray(t, c + 2 * cStep);
    c21.intoArray(t, c + 2 * cStep + LANES);
    c30.intoArray(t, c + 3 * cStep);
    c31.intoArray(t, c + 3 * cStep + LANES);
  }
}
