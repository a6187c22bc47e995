package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;
import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * What attention's backward pass does to a panel of scores {@code [queries, PANEL keys]}, rows
 * {@link AttentionProblem#TILE} apart. Keys are the lanes here: nothing is summed over keys, and
 * what belongs to a query is one number for its row.
 */
final class ScoreGradients {
  private static final float NONE = Float.NEGATIVE_INFINITY;
  private static final int LANES = F32.length();
  private static final FloatVector NUMBERS = numbers();

  private ScoreGradients() {}

  private static FloatVector numbers() {
    float[] numbers = new float[LANES];
    for (int i = 0; i < LANES; i++) {
      numbers[i] = i;
    }
    return FloatVector.fromArray(F32, numbers, 0);
  }

  /**
   * Hides what must not be seen: where a key is not from {@code first} to before {@code end} of its
   * row, the score becomes −∞.
   *
   * @param key of the first lane
   */
  static void hide(float[] t, int scores, int rows, int first, int end, int key) {
    for (int k = 0; k < PANEL; k += LANES) {
      for (int q = 0; q < rows; q++) {
        int at = scores + k + q * TILE;
        var hidden =
            NUMBERS
                .compare(LT, t[first + q] - (key + k))
                .or(NUMBERS.compare(GE, t[end + q] - (key + k)));
        FloatVector.fromArray(F32, t, at).blend(NONE, hidden).intoArray(t, at);
      }
    }
  }

  /**
   * ALiBi: less {@code slope} times the distance.
   *
   * @param own where each query stands among the keys
   * @param key of the first lane
   */
  static void fall(float[] t, int scores, int rows, int own, int key, float slope) {
    for (int k = 0; k < PANEL; k += LANES) {
      for (int q = 0; q < rows; q++) {
        int at = scores + k + q * TILE;
        var distance = NUMBERS.sub(t[own + q] - (key + k)).abs();
        FloatVector.fromArray(F32, t, at).sub(distance.mul(slope)).intoArray(t, at);
      }
    }
  }

  /**
   * Scores become probabilities, and gradients of probabilities become gradients of scores: {@code
   * p = exp(s − lse)}, {@code gs = p · (gp − delta) · scale}. A unit of its own for the compiler,
   * for the reason given at {@link ScoreTile}.
   *
   * @param lse {@code [queries]}, finite
   * @param delta {@code [queries]}: Σ gOut · out
   */
  static void softmax(
      float[] t, int scores, int gradients, int rows, int lse, int delta, float scale) {
    for (int k = 0; k < PANEL; k += LANES) {
      int s = scores + k;
      int g = gradients + k;
      for (int q = 0; q < rows; q++) {
        int at = s + q * TILE;
        VectorMath.exp(FloatVector.fromArray(F32, t, at).sub(t[lse + q])).intoArray(t, at);
      }
      int q = 0;
      for (; q < rows - 3; q += 4) {
        int at = q * TILE;
        var p0 = FloatVector.fromArray(F32, t, s + at).mul(scale);
        var p1 = FloatVector.fromArray(F32, t, s + at + TILE).mul(scale);
        var p2 = FloatVector.fromArray(F32, t, s + at + 2 * TILE).mul(scale);
        var p3 = FloatVector.fromArray(F32, t, s + at + 3 * TILE).mul(scale);
        var g0 = FloatVector.fromArray(F32, t, g + at).sub(t[delta + q]);
        var g1 = FloatVector.fromArray(F32, t, g + at + TILE).sub(t[delta + q + 1]);
        var g2 = FloatVector.fromArray(F32, t, g + at + 2 * TILE).sub(t[delta + q + 2]);
        var g3 = FloatVector.fromArray(F32, t, g + at + 3 * TILE).sub(t[delta + q + 3]);
        g0.mul(p0).intoArray(t, g + at);
        g1.mul(p1).intoArray(t, g + at + TILE);
        g2.mul(p2).intoArray(t, g + at + 2 * TILE);
        g3.mul(p3).intoArray(t, g + at + 3 * TILE);
      }
      for (; q < rows; q++) {
        int at = q * TILE;
        var p = FloatVector.fromArray(F32, t, s + at).mul(scale);
        FloatVector.fromArray(F32, t, g + at).sub(t[delta + q]).mul(p).intoArray(t, g + at);
      }
    }
  }

  /** Gradients of scores become those of products whose slopes are not all alike. */
  static void multiply(float[] t, int gradients, int slopes, int rows) {
    for (int k = 0; k < PANEL; k += LANES) {
      for (int q = 0; q < rows; q++) {
        int at = k + q * TILE;
        FloatVector.fromArray(F32, t, gradients + at)
            .mul(FloatVector.fromArray(F32, t, slopes + at))
            .intoArray(t, gradients + at);
      }
    }
  }

  /** Rows of a panel become 0. */
  static void clear(float[] t, int panel, int rows) {
    for (int k = 0; k < PANEL; k += LANES) {
      for (int q = 0; q < rows; q++) {
        FloatVector.zero(F32).intoArray(t, panel + k + q * TILE);
      }
    }
  }
}
