package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * What attention's backward pass does to a panel of scores {@code [queries, PANEL keys]}. Keys are
 * the lanes here: nothing is summed over keys, and what belongs to a query is one number for its
 * row.
 */
final class ScoreGradients {
  private static final float NONE = Float.NEGATIVE_INFINITY;
  private static final int LANES = F32.length();
  private static final long VECTOR = F32.vectorByteSize();
  private static final long ROW = (long) PANEL * Float.BYTES;
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
        int at = scores + k + q * PANEL;
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
        int at = scores + k + q * PANEL;
        var distance = NUMBERS.sub(t[own + q] - (key + k)).abs();
        FloatVector.fromArray(F32, t, at).sub(distance.mul(slope)).intoArray(t, at);
      }
    }
  }

  /**
   * Scores become probabilities, and gradients of probabilities become gradients of scores: {@code
   * p = exp(s − lse)}, {@code gs = p · (gp − delta) · scale}, both written as right operands of the
   * next products. A unit of its own for the compiler, for the reason given at {@link ScoreTile}.
   *
   * @param p where probabilities go
   * @param gs where gradients of scores go
   * @param lse {@code [queries]}, finite
   * @param delta {@code [queries]}: Σ gOut · out
   */
  static void softmax(
      float[] t,
      int scores,
      int gradients,
      int rows,
      long p,
      long gs,
      long lse,
      long delta,
      float scale) {
    for (int q = 0; q < rows; q++) {
      float reference = ALL.get(FLOAT, lse + (long) q * Float.BYTES);
      for (int k = 0; k < PANEL; k += LANES) {
        var s = FloatVector.fromArray(F32, t, scores + q * PANEL + k);
        VectorMath.expBelowMaximum(s.sub(reference))
            .intoMemorySegment(ALL, p + q * ROW + (long) k * Float.BYTES, ORDER);
      }
    }
    for (int q = 0; q < rows; q++) {
      float less = ALL.get(FLOAT, delta + (long) q * Float.BYTES);
      int at = gradients + q * PANEL;
      long row = q * ROW;
      var p0 = FloatVector.fromMemorySegment(F32, ALL, p + row, ORDER).mul(scale);
      var p1 = FloatVector.fromMemorySegment(F32, ALL, p + row + VECTOR, ORDER).mul(scale);
      var g0 = FloatVector.fromArray(F32, t, at).sub(less).mul(p0);
      var g1 = FloatVector.fromArray(F32, t, at + LANES).sub(less).mul(p1);
      g0.intoMemorySegment(ALL, gs + row, ORDER);
      g1.intoMemorySegment(ALL, gs + row + VECTOR, ORDER);
    }
  }

  /** Gradients of scores become those of products whose slopes are not all alike. */
  static void multiply(float[] t, int slopes, int rows, long gs) {
    for (int i = 0; i < rows * PANEL; i += LANES) {
      long at = gs + (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(F32, ALL, at, ORDER)
          .mul(FloatVector.fromArray(F32, t, slopes + i))
          .intoMemorySegment(ALL, at, ORDER);
    }
  }
}
