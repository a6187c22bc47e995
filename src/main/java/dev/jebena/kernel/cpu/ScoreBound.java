package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;

import jdk.incubator.vector.FloatVector;

/** Bounded scores: {@code cap · tanh(s / cap)} (Gemma 2, 2024). */
final class ScoreBound {
  private static final int LANES = F32.length();

  private ScoreBound() {}

  /**
   * Turns a panel of products divided by {@code cap} into scores. Both loops stand in one method
   * for the reason given at {@link ScoreTile}.
   *
   * @param step from row to row
   * @param slopes receives, laid out alike, the derivatives of scores by products without the
   *     division: {@code factor · (1 − tanh²)}; or −1
   */
  static void apply(
      float[] t, int scores, int rows, int step, float cap, int slopes, float factor) {
    for (int q = 0; q < PANEL; q += LANES) {
      int s = scores + q;
      for (int k = 0; k < rows; k++) {
        int at = s + k * step;
        VectorMath.tanh(FloatVector.fromArray(F32, t, at)).intoArray(t, at);
      }
      int d = slopes + q;
      int k = 0;
      for (; slopes >= 0 && k < rows - 1; k += 2) {
        int at = k * step;
        var t0 = FloatVector.fromArray(F32, t, s + at);
        var t1 = FloatVector.fromArray(F32, t, s + at + step);
        t0.mul(t0).neg().add(1f).mul(factor).intoArray(t, d + at);
        t1.mul(t1).neg().add(1f).mul(factor).intoArray(t, d + at + step);
      }
      for (; slopes >= 0 && k < rows; k++) {
        var x = FloatVector.fromArray(F32, t, s + k * step);
        x.mul(x).neg().add(1f).mul(factor).intoArray(t, d + k * step);
      }
      k = 0;
      for (; k < rows - 3; k += 4) {
        int at = s + k * step;
        FloatVector.fromArray(F32, t, at).mul(cap).intoArray(t, at);
        at += step;
        FloatVector.fromArray(F32, t, at).mul(cap).intoArray(t, at);
        at += step;
        FloatVector.fromArray(F32, t, at).mul(cap).intoArray(t, at);
        at += step;
        FloatVector.fromArray(F32, t, at).mul(cap).intoArray(t, at);
      }
      for (; k < rows; k++) {
        int at = s + k * step;
        FloatVector.fromArray(F32, t, at).mul(cap).intoArray(t, at);
      }
    }
  }
}
