package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * What attention does to a panel of scores {@code [keys, PANEL queries]}. Queries are the lanes:
 * maxima and sums over keys run down the columns, so nothing is ever folded across lanes, and the
 * bits do not depend on the width of vectors.
 *
 * <p>The compiler gives up inlining after some 18,000 nodes, which a second call of exp reaches;
 * what it then does not inline it boxes, 20 times slower. So each method that needs exp stays a
 * unit of its own: it calls it in one place and, with its other loop unrolled, is larger than the
 * 325 bytecodes up to which it would be inlined into its caller and counted there.
 */
final class ScoreTile {
  private static final float NONE = Float.NEGATIVE_INFINITY;
  private static final int LANES = F32.length();
  private static final long VECTOR = F32.vectorByteSize();
  private static final long ROW = (long) PANEL * Float.BYTES;

  private ScoreTile() {}

  private static FloatVector load(long at) {
    return FloatVector.fromMemorySegment(F32, ALL, at, ORDER);
  }

  /**
   * Hides what must not be seen in rows {@code from} to before {@code to}: where the key of a row
   * is not from {@code first} to before {@code end} of its column, the score becomes −∞.
   *
   * @param key of row 0
   */
  static void hide(float[] t, int scores, int from, int to, int first, int end, int key) {
    for (int q = 0; q < PANEL; q += LANES) {
      var low = FloatVector.fromArray(F32, t, first + q);
      var high = FloatVector.fromArray(F32, t, end + q);
      for (int k = from; k < to; k++) {
        int at = scores + q + k * PANEL;
        var here = FloatVector.broadcast(F32, (float) (key + k));
        var hidden = low.compare(GT, here).or(high.compare(LT, here.add(1f)));
        FloatVector.fromArray(F32, t, at).blend(NONE, hidden).intoArray(t, at);
      }
    }
  }

  /**
   * ALiBi: less {@code slope} times the distance.
   *
   * @param own where each query stands among the keys
   * @param key of row 0
   */
  static void fall(float[] t, int scores, int rows, int own, int key, float slope) {
    for (int q = 0; q < PANEL; q += LANES) {
      var stands = FloatVector.fromArray(F32, t, own + q);
      for (int k = 0; k < rows; k++) {
        int at = scores + q + k * PANEL;
        var distance = stands.sub((float) (key + k)).abs();
        FloatVector.fromArray(F32, t, at).sub(distance.mul(slope)).intoArray(t, at);
      }
    }
  }

  /**
   * One step of the online softmax: {@code weights[k][q] = exp(scores[k][q] − max[q])}.
   *
   * @param weights where the rows go, as right operand of the next product
   * @param max {@code [queries]} largest score so far, updated
   * @param before {@code [queries]} what it was, written
   * @param sum {@code [queries]} Σ exp(score − max) of these rows alone, written
   */
  static void softmaxStep(
      float[] t, int scores, int rows, long weights, long max, long before, long sum) {
    for (int q = 0; q < PANEL; q += LANES) {
      long shift = (long) q * Float.BYTES;
      int column = scores + q;
      var old = load(max + shift);
      old.intoMemorySegment(ALL, before + shift, ORDER);
      // Two maxima at a time: each waits for its own predecessor only.
      var even = old;
      var odd = old;
      int k = 0;
      for (; k < rows - 3; k += 4) {
        int at = column + k * PANEL;
        var s0 = FloatVector.fromArray(F32, t, at);
        var s1 = FloatVector.fromArray(F32, t, at + PANEL);
        var s2 = FloatVector.fromArray(F32, t, at + 2 * PANEL);
        var s3 = FloatVector.fromArray(F32, t, at + 3 * PANEL);
        even = even.blend(s0, s0.compare(GT, even));
        odd = odd.blend(s1, s1.compare(GT, odd));
        even = even.blend(s2, s2.compare(GT, even));
        odd = odd.blend(s3, s3.compare(GT, odd));
      }
      for (; k < rows; k++) {
        var s = FloatVector.fromArray(F32, t, column + k * PANEL);
        even = even.blend(s, s.compare(GT, even));
      }
      var top = even.blend(odd, odd.compare(GT, even));
      top.intoMemorySegment(ALL, max + shift, ORDER);
      // A query that has seen nothing: any finite reference keeps exp(−∞ − reference) at 0.
      var reference = top.blend(0f, top.compare(EQ, NONE));
      var total = FloatVector.zero(F32);
      for (k = 0; k < rows; k++) {
        var score = FloatVector.fromArray(F32, t, column + k * PANEL);
        var p = VectorMath.expBelowMaximum(score.sub(reference));
        p.intoMemorySegment(ALL, weights + shift + k * ROW, ORDER);
        total = total.add(p);
      }
      total.intoMemorySegment(ALL, sum + shift, ORDER);
    }
  }

  /**
   * What was summed up under an old maximum is brought to the new one.
   *
   * @param total {@code [queries]}: becomes {@code total · exp(before − max) + sum}
   * @param sums {@code [rows, queries]}: multiplied by the same factor
   */
  static void rescale(long max, long before, long sum, long total, long sums, int rows) {
    for (long q = 0; q < ROW; q += VECTOR) {
      var old = load(before + q);
      var top = load(max + q);
      // equal, or nothing was seen before: then there is nothing to bring along
      var stays = old.compare(EQ, top).or(old.compare(EQ, NONE));
      var factor = VectorMath.exp(old.sub(top)).blend(1f, stays);
      load(total + q).mul(factor).add(load(sum + q)).intoMemorySegment(ALL, total + q, ORDER);
      if (stays.allTrue()) {
        continue;
      }
      int r = 0;
      for (; r < rows - 3; r += 4) {
        long at = sums + q + r * ROW;
        var s0 = load(at);
        var s1 = load(at + ROW);
        var s2 = load(at + 2 * ROW);
        var s3 = load(at + 3 * ROW);
        s0.mul(factor).intoMemorySegment(ALL, at, ORDER);
        s1.mul(factor).intoMemorySegment(ALL, at + ROW, ORDER);
        s2.mul(factor).intoMemorySegment(ALL, at + 2 * ROW, ORDER);
        s3.mul(factor).intoMemorySegment(ALL, at + 3 * ROW, ORDER);
      }
      for (; r < rows; r++) {
        long at = sums + q + r * ROW;
        load(at).mul(factor).intoMemorySegment(ALL, at, ORDER);
      }
    }
  }
}
