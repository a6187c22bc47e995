package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * What attention does to a tile of scores {@code [keys, queries]}. Queries are the lanes: maxima
 * and sums over keys run down the columns, so nothing is ever folded across lanes, and the bits do
 * not depend on the width of vectors.
 *
 * <p>Each method has one loop: with two in one method the compiler lost track of the vectors' class
 * and boxed them, 20 times slower. A call of exp outside of a loop is not inlined.
 */
final class ScoreTile {
  private static final float NONE = Float.NEGATIVE_INFINITY;
  private static final int LANES = F32.length();

  private ScoreTile() {}

  /** Hides what must not be seen: row k, column q becomes −∞ where {@code k > q + offset}. */
  static void maskCausal(float[] t, int scores, int keys, int width, int offset) {
    for (int k = 0; k < keys; k++) {
      int hidden = Math.clamp((long) k - offset, 0, width);
      int row = scores + k * width;
      Arrays.fill(t, row, row + hidden, NONE);
    }
  }

  /**
   * One step of the online softmax: scores become exp(score − maximum), and the statistics of each
   * query move on.
   *
   * @param max {@code [queries]} largest score so far, updated
   * @param sum {@code [queries]} Σ exp(score − max) so far, updated
   * @param correction {@code [queries]} exp(old max − new max), written: what was summed up under
   *     the old maximum has to be multiplied by it
   */
  static void softmaxStep(
      float[] t, int scores, int keys, int width, int max, int sum, int correction) {
    for (int q = 0; q < width; q += LANES) {
      columnMaximum(t, scores + q, keys, width, max + q, correction + q);
    }
    corrections(t, width, max, sum, correction);
    for (int q = 0; q < width; q += LANES) {
      columnExponentials(t, scores + q, keys, width, max + q, sum + q);
    }
  }

  /** The old maximum goes to {@code before}. */
  private static void columnMaximum(
      float[] t, int column, int keys, int width, int max, int before) {
    // Two maxima at a time: each waits for its own predecessor only.
    var even = FloatVector.fromArray(F32, t, max);
    var odd = even;
    even.intoArray(t, before);
    int k = 0;
    for (; k < keys - 1; k += 2) {
      var s0 = FloatVector.fromArray(F32, t, column + k * width);
      var s1 = FloatVector.fromArray(F32, t, column + (k + 1) * width);
      even = even.blend(s0, s0.compare(GT, even));
      odd = odd.blend(s1, s1.compare(GT, odd));
    }
    var last = k < keys ? FloatVector.fromArray(F32, t, column + k * width) : even;
    even = even.blend(last, last.compare(GT, even));
    even.blend(odd, odd.compare(GT, even)).intoArray(t, max);
  }

  private static void corrections(float[] t, int width, int max, int sum, int correction) {
    for (int q = 0; q < width; q += LANES) {
      var top = FloatVector.fromArray(F32, t, max + q);
      // A query that has seen nothing: any finite reference keeps exp(−∞ − reference) at 0.
      var reference = top.blend(0f, top.compare(EQ, NONE));
      var before = FloatVector.fromArray(F32, t, correction + q);
      var factor = VectorMath.exp(before.sub(reference));
      factor.intoArray(t, correction + q);
      FloatVector.fromArray(F32, t, sum + q).mul(factor).intoArray(t, sum + q);
    }
  }

  private static void columnExponentials(
      float[] t, int column, int keys, int width, int max, int sum) {
    var top = FloatVector.fromArray(F32, t, max);
    var reference = top.blend(0f, top.compare(EQ, NONE));
    var total = FloatVector.fromArray(F32, t, sum);
    for (int k = 0; k < keys; k++) {
      int at = column + k * width;
      var p = VectorMath.exp(FloatVector.fromArray(F32, t, at).sub(reference));
      p.intoArray(t, at);
      total = total.add(p);
    }
    total.intoArray(t, sum);
  }

  /**
   * Scores become probabilities, and gradients of probabilities become gradients of scores: {@code
   * p = exp(s − lse)}, {@code gs = p · (gp − delta) · scale}.
   *
   * @param lse {@code [queries]}, finite
   * @param delta {@code [queries]}: Σ gOut · out
   */
  static void softmaxBackward(
      float[] t, int scores, int gradients, int keys, int width, int lse, int delta, float scale) {
    for (int q = 0; q < width; q += LANES) {
      columnBackward(t, scores + q, gradients + q, keys, width, lse + q, delta + q, scale);
    }
  }

  private static void columnBackward(
      float[] t, int scores, int gradients, int keys, int width, int lse, int delta, float scale) {
    var reference = FloatVector.fromArray(F32, t, lse);
    var mean = FloatVector.fromArray(F32, t, delta);
    for (int k = 0; k < keys; k++) {
      int at = k * width;
      var p = VectorMath.exp(FloatVector.fromArray(F32, t, scores + at).sub(reference));
      p.intoArray(t, scores + at);
      var g = FloatVector.fromArray(F32, t, gradients + at).sub(mean).mul(p).mul(scale);
      g.intoArray(t, gradients + at);
    }
  }
}
