package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;

import jdk.incubator.vector.FloatVector;

/** Bounded scores: {@code cap · tanh(s / cap)} (Gemma 2, 2024). */
final class ScoreBound {
  private static final int LANES = F32.length();

  private ScoreBound() {}

  /**
   * Turns a panel {@code [rows, PANEL]} of products divided by {@code cap} into scores. Both loops
   * stand in one method for the reason given at {@link ScoreTile}.
   *
   * @param slopes receives, laid out alike, the derivatives of scores by products without the
   *     division: {@code factor · (1 − tanh²)}; or −1
   */
  static void apply(float[] t, int scores, int rows, float cap, int slopes, float factor) {
    int n = rows * PANEL;
    for (int i = 0; i < n; i += LANES) {
      VectorSigmoids.tanh(FloatVector.fromArray(F32, t, scores + i)).intoArray(t, scores + i);
    }
    for (int i = 0; slopes >= 0 && i < n; i += PANEL) {
      var t0 = FloatVector.fromArray(F32, t, scores + i);
      var t1 = FloatVector.fromArray(F32, t, scores + i + LANES);
      t0.mul(t0).neg().add(1f).mul(factor).intoArray(t, slopes + i);
      t1.mul(t1).neg().add(1f).mul(factor).intoArray(t, slopes + i + LANES);
    }
    for (int i = 0; i < n; i += PANEL) {
      int at = scores + i;
      FloatVector.fromArray(F32, t, at).mul(cap).intoArray(t, at);
      at += LANES;
      FloatVector.fromArray(F32, t, at).mul(cap).intoArray(t, at);
    }
  }
}
