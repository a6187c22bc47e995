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
 * <p>The compiler gives up inlining after some 18,000 nodes, which a second call of exp reaches;
 * what it then does not inline it boxes, 20 times slower. So each method here stays a unit of its
 * own: it calls the vector exp in one place and, with its other loop unrolled, is larger than the
 * 325 bytecodes up to which it would be inlined into its caller and counted there.
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
      int column = scores + q;
      var before = FloatVector.fromArray(F32, t, max + q);
      // Two maxima at a time: each waits for its own predecessor only.
      var even = before;
      var odd = before;
      int k = 0;
      for (; k < keys - 3; k += 4) {
        int at = column + k * width;
        var s0 = FloatVector.fromArray(F32, t, at);
        var s1 = FloatVector.fromArray(F32, t, at + width);
        var s2 = FloatVector.fromArray(F32, t, at + 2 * width);
        var s3 = FloatVector.fromArray(F32, t, at + 3 * width);
        even = even.blend(s0, s0.compare(GT, even));
        odd = odd.blend(s1, s1.compare(GT, odd));
        even = even.blend(s2, s2.compare(GT, even));
        odd = odd.blend(s3, s3.compare(GT, odd));
      }
      for (; k < keys; k++) {
        var s = FloatVector.fromArray(F32, t, column + k * width);
        even = even.blend(s, s.compare(GT, even));
      }
      var top = even.blend(odd, odd.compare(GT, even));
      for (int lane = q; lane < q + LANES; lane++) {
        t[correction + lane] = t[max + lane];
      }
      top.intoArray(t, max + q);
      for (int lane = q; lane < q + LANES; lane++) {
        float factor = correction(t[correction + lane], t[max + lane]);
        t[correction + lane] = factor;
        t[sum + lane] *= factor;
      }
      // A query that has seen nothing: any finite reference keeps exp(−∞ − reference) at 0.
      var reference = top.blend(0f, top.compare(EQ, NONE));
      var total = FloatVector.fromArray(F32, t, sum + q);
      for (k = 0; k < keys; k++) {
        int at = column + k * width;
        var p = VectorMath.exp(FloatVector.fromArray(F32, t, at).sub(reference));
        p.intoArray(t, at);
        total = total.add(p);
      }
      total.intoArray(t, sum + q);
    }
  }

  /** exp(before − max); the maximum rarely moves after the first tiles. */
  private static float correction(float before, float max) {
    if (before == NONE) {
      return 0;
    }
    return before == max ? 1 : VectorMath.exp(before - max);
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
      var reference = FloatVector.fromArray(F32, t, lse + q);
      var mean = FloatVector.fromArray(F32, t, delta + q);
      int s = scores + q;
      int g = gradients + q;
      for (int k = 0; k < keys; k++) {
        int at = s + k * width;
        VectorMath.exp(FloatVector.fromArray(F32, t, at).sub(reference)).intoArray(t, at);
      }
      int k = 0;
      for (; k < keys - 3; k += 4) {
        int at = k * width;
        var p0 = FloatVector.fromArray(F32, t, s + at).mul(scale);
        var p1 = FloatVector.fromArray(F32, t, s + at + width).mul(scale);
        var p2 = FloatVector.fromArray(F32, t, s + at + 2 * width).mul(scale);
        var p3 = FloatVector.fromArray(F32, t, s + at + 3 * width).mul(scale);
        var g0 = FloatVector.fromArray(F32, t, g + at).sub(mean);
        var g1 = FloatVector.fromArray(F32, t, g + at + width).sub(mean);
        var g2 = FloatVector.fromArray(F32, t, g + at + 2 * width).sub(mean);
        var g3 = FloatVector.fromArray(F32, t, g + at + 3 * width).sub(mean);
        g0.mul(p0).intoArray(t, g + at);
        g1.mul(p1).intoArray(t, g + at + width);
        g2.mul(p2).intoArray(t, g + at + 2 * width);
        g3.mul(p3).intoArray(t, g + at + 3 * width);
      }
      for (; k < keys; k++) {
        int at = k * width;
        var p = FloatVector.fromArray(F32, t, s + at).mul(scale);
        FloatVector.fromArray(F32, t, g + at).sub(mean).mul(p).intoArray(t, g + at);
      }
    }
  }
}
