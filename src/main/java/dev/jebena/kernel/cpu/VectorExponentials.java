package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * Further exponential functions of f32, in the manner of {@link VectorMath}: minimax polynomials on
 * a reduced range, and only operations that are exactly defined. They have no scalar twins: the end
 * of a block goes through the same code with its missing lanes masked.
 */
public final class VectorExponentials {
  private static final float INF = Float.POSITIVE_INFINITY;

  /** Above ln(2¹²⁹), half of the exponential is infinite. */
  private static final float HALF_EXP_HIGH = 89.41598f;

  private static final FloatVector GROWTH_0 = all(0.00019845892f);
  private static final FloatVector GROWTH_1 = all(0.0013940823f);
  private static final FloatVector GROWTH_2 = all(0.00833339f);
  private static final FloatVector GROWTH_3 = all(0.04166636f);
  private static final FloatVector GROWTH_4 = all(0.16666666f);
  private static final FloatVector GROWTH_5 = all(0.5f);
  private static final FloatVector OCTAVE_0 = all(0.00015353257f);
  private static final FloatVector OCTAVE_1 = all(0.0013399004f);
  private static final FloatVector OCTAVE_2 = all(0.009618439f);
  private static final FloatVector OCTAVE_3 = all(0.05550332f);
  private static final FloatVector OCTAVE_4 = all(0.24022648f);
  private static final FloatVector OCTAVE_5 = all(0.6931472f);
  private static final FloatVector SINH_0 = all(2.8169513e-06f);
  private static final FloatVector SINH_1 = all(0.0001983616f);
  private static final FloatVector SINH_2 = all(0.00833335f);
  private static final FloatVector SINH_3 = all(0.16666667f);
  static final FloatVector ONE = all(1f);
  static final FloatVector TWO = all(2f);
  static final FloatVector TAIL_0 = all(0.00023131128f);
  static final FloatVector TAIL_1 = all(-0.00032075215f);
  static final FloatVector TAIL_2 = all(-0.0014824728f);
  static final FloatVector TAIL_3 = all(0.0012232049f);
  static final FloatVector TAIL_4 = all(0.008731001f);
  static final FloatVector TAIL_5 = all(-0.008026128f);
  static final FloatVector TAIL_6 = all(-0.054221064f);
  static final FloatVector TAIL_7 = all(0.16405074f);
  static final FloatVector TAIL_8 = all(-0.16603035f);
  static final FloatVector TAIL_9 = all(-0.09276382f);
  static final FloatVector TAIL_10 = all(1.2769784f);

  private VectorExponentials() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(F32, value);
  }

  /** 2ˣ within 1 ulp: 2ⁿ·(1 + r·P(r)) with x = n + r; 0 where the result would be subnormal. */
  public static FloatVector exp2(FloatVector x) {
    var shifted = x.add(VectorMath.ROUND);
    var r = x.sub(shifted.sub(VectorMath.ROUND));
    var p = r.fma(OCTAVE_0, OCTAVE_1);
    p = p.fma(r, OCTAVE_2);
    p = p.fma(r, OCTAVE_3);
    p = p.fma(r, OCTAVE_4);
    p = p.fma(r, OCTAVE_5);
    p = p.fma(r, all(1f));
    var bits = p.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(LSHL, 23));
    // ∞ above the range, NaN for NaN
    var y = x.mul(INF).blend(bits.reinterpretAsFloats(), x.compare(LT, 128f));
    return y.blend(0f, x.compare(LT, -126f));
  }

  /** eʳ − 1 − n·0 for what is left of x after n·ln 2: r + r²·P(r). */
  private static FloatVector growth(FloatVector x, FloatVector n) {
    var r = n.fma(all(-VectorMath.LN2_HIGH), x);
    r = n.fma(all(-VectorMath.LN2_LOW), r);
    var p = r.fma(GROWTH_0, GROWTH_1);
    p = p.fma(r, GROWTH_2);
    p = p.fma(r, GROWTH_3);
    p = p.fma(r, GROWTH_4);
    p = p.fma(r, GROWTH_5);
    return p.fma(r.mul(r), r);
  }

  /**
   * eˣ − 1 within 2 ulp: 2ⁿ·(eʳ − 1) + (2ⁿ − 1), computed in halves so that n may be 128. Below −25
   * it is −1.
   */
  public static FloatVector expm1(FloatVector x) {
    var a = x.blend(-25f, x.compare(LT, -25f));
    var shifted = a.fma(all(VectorMath.LOG2_E), all(VectorMath.ROUND));
    var p = growth(a, shifted.sub(VectorMath.ROUND));
    var half = shifted.reinterpretAsInts().add(126).lanewise(LSHL, 23).reinterpretAsFloats();
    var y = p.fma(half, half.sub(0.5f));
    y = x.mul(INF).blend(y.add(y), x.compare(LE, VectorMath.EXP_HIGH));
    return y.blend(x, x.abs().compare(LT, 1e-8f)); // keeps the sign of zero
  }

  /** eˣ/2 for x ≥ 0 within 1 ulp, without overflow as long as the half is finite. */
  private static FloatVector halfExp(FloatVector x) {
    var shifted = x.fma(all(VectorMath.LOG2_E), all(VectorMath.ROUND));
    var p = growth(x, shifted.sub(VectorMath.ROUND)).add(1f);
    var bits = p.reinterpretAsInts().add(shifted.reinterpretAsInts().sub(1).lanewise(LSHL, 23));
    return x.mul(INF).blend(bits.reinterpretAsFloats(), x.compare(LE, HALF_EXP_HIGH));
  }

  /** (eˣ − e⁻ˣ)/2 within 2 ulp; x + x³·P(x²) up to 1. */
  public static FloatVector sinh(FloatVector x) {
    var a = x.abs();
    var half = halfExp(a);
    var large = half.sub(all(0.25f).div(half));
    var sign = x.reinterpretAsInts().and(VectorMath.SIGN);
    large = large.reinterpretAsInts().or(sign).reinterpretAsFloats();
    var z = x.mul(x);
    var p = z.fma(SINH_0, SINH_1);
    p = p.fma(z, SINH_2);
    p = p.fma(z, SINH_3);
    return large.blend(p.mul(z).fma(x, x), a.compare(LT, 1f));
  }

  /** (eˣ + e⁻ˣ)/2 within 2 ulp. */
  public static FloatVector cosh(FloatVector x) {
    var half = halfExp(x.abs());
    return half.add(all(0.25f).div(half));
  }

  /**
   * 1 − erf x within 4 ulp, also far out where it is tiny: e^−x² times a function that falls like
   * 1/x. The square is taken in two parts, since an error of it is multiplied by the exponential.
   */
  public static FloatVector erfc(FloatVector x) {
    var size = x.abs();
    var a = size.blend(12f, size.compare(GT, 12f));
    var w = a.sub(2f).div(a.add(2f));
    var t = w.fma(TAIL_0, TAIL_1);
    t = t.fma(w, TAIL_2);
    t = t.fma(w, TAIL_3);
    t = t.fma(w, TAIL_4);
    t = t.fma(w, TAIL_5);
    t = t.fma(w, TAIL_6);
    t = t.fma(w, TAIL_7);
    t = t.fma(w, TAIL_8);
    t = t.fma(w, TAIL_9);
    t = t.fma(w, TAIL_10);
    t = t.div(a.fma(all(2f), all(1f)));
    var square = a.mul(a);
    var rest = a.fma(a, square.neg());
    var e = VectorMath.exp(square.neg());
    var far = e.fma(rest.neg(), e).mul(t);
    far = far.blend(all(2f).sub(far), x.compare(LT, 0f));
    var z = x.mul(x);
    var p = z.fma(VectorSigmoids.ERF_7, VectorSigmoids.ERF_8);
    p = p.fma(z, VectorSigmoids.ERF_9);
    p = p.fma(z, VectorSigmoids.ERF_10);
    p = p.fma(z, VectorSigmoids.ERF_11);
    p = p.fma(z, VectorSigmoids.ERF_12);
    p = p.fma(z, VectorSigmoids.ERF_13);
    return far.blend(all(1f).sub(p.fma(x, x)), size.compare(LT, 0.5f));
  }
}
