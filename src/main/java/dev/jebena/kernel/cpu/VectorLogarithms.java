package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * Further logarithms of f32 and the functions that are logarithms; in the manner of {@link
 * VectorExponentials}.
 */
public final class VectorLogarithms {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float LN2 = 0.6931472f;
  private static final float LOG2_E = 1.442695f;
  private static final float LOG10_E = 0.4342945f;

  /** log₁₀ 2 as one float of few bits, whose multiples are exact, and the rest. */
  private static final float LOG10_2_HIGH = 0.30102539f;

  private static final float LOG10_2_LOW = 4.6050390e-6f;

  /** From here on x² + 1 and x² are one number for f32. */
  private static final float LARGE = 1e9f;

  private static final FloatVector LOG_0 = all(-0.07634495f);
  private static final FloatVector LOG_1 = all(0.12761575f);
  private static final FloatVector LOG_2 = all(-0.13160183f);
  private static final FloatVector LOG_3 = all(0.14201759f);
  private static final FloatVector LOG_4 = all(-0.16623357f);
  private static final FloatVector LOG_5 = all(0.20001227f);
  private static final FloatVector LOG_6 = all(-0.2500082f);
  private static final FloatVector LOG_7 = all(0.3333333f);

  private VectorLogarithms() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(F32, value);
  }

  /** Logarithm to base 2 within 2.5 ulp, exact for powers of two. */
  public static FloatVector log2(FloatVector x) {
    return log(x, 1f, 0f, LOG2_E);
  }

  /** Logarithm to base 10 within 2.5 ulp. */
  public static FloatVector log10(FloatVector x) {
    return log(x, LOG10_2_HIGH, LOG10_2_LOW, LOG10_E);
  }

  /** The reduction of {@link VectorMath#log(FloatVector)}; n octaves count n·(high + low). */
  private static FloatVector log(FloatVector x, float high, float low, float scale) {
    var tiny = x.compare(LT, Float.MIN_NORMAL);
    var bits = x.blend(x.mul(VectorMath.TINY_SCALE), tiny).reinterpretAsInts();
    var exponent = bits.sub(VectorMath.SQRT_HALF_BITS).lanewise(ASHR, 23);
    var f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
    var n = exponent.add(VectorMath.ROUND_BITS).reinterpretAsFloats().sub(VectorMath.ROUND);
    n = n.blend(n.sub(23f), tiny);
    var p = f.fma(LOG_0, LOG_1);
    p = p.fma(f, LOG_2);
    p = p.fma(f, LOG_3);
    p = p.fma(f, LOG_4);
    p = p.fma(f, LOG_5);
    p = p.fma(f, LOG_6);
    p = p.fma(f, LOG_7);
    var square = f.mul(f);
    var y = p.mul(square.mul(f));
    y = square.fma(all(-0.5f), y).add(f).mul(scale);
    y = n.fma(all(low), y);
    y = n.fma(all(high), y);
    y = y.blend(x, x.compare(EQ, INF));
    y = y.blend(-INF, x.compare(EQ, 0f));
    return all(Float.NaN).blend(y, x.compare(GE, 0f));
  }

  /**
   * ln(1 + x) within 2 ulp: the logarithm of the rounded sum, and what rounding the sum has lost
   * divided by it.
   */
  public static FloatVector log1p(FloatVector x) {
    var u = x.add(1f);
    var lost = x.sub(u.sub(1f)).div(u);
    // nothing is lost at −1 and ∞, where the quotient is NaN
    lost = lost.blend(0f, u.compare(EQ, 0f).or(u.compare(EQ, INF)));
    var y = VectorMath.log(u).add(lost);
    return y.blend(x, x.abs().compare(LT, 1e-8f)); // keeps the sign of zero
  }

  /** ln(1 + eˣ) within 2.5 ulp. */
  public static FloatVector softplus(FloatVector x) {
    var positive = x.blend(0f, x.compare(LT, 0f));
    return log1p(VectorMath.exp(x.abs().neg())).add(positive);
  }

  private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
    var bit = sign.reinterpretAsInts().and(VectorMath.SIGN);
    return magnitude.reinterpretAsInts().or(bit).reinterpretAsFloats();
  }

  /**
   * What the inverse hyperbolic functions have in common: {@code sign(h) · scale · ln(1 + 2·|h|)},
   * also where 2·|h| is too large for a float.
   */
  static FloatVector signedLog1p(FloatVector h, float scale) {
    var half = h.abs();
    var x = half.add(half);
    var y = log1p(x);
    y = y.blend(log1p(half).add(LN2), x.compare(EQ, INF));
    return withSign(y.mul(scale), h);
  }

  /** Half of {@code a + a²/(1 + √(a² + 1))} for a = |x|, or a where it is large; signed as x. */
  static FloatVector asinhArgument(FloatVector x) {
    var a = x.abs();
    var square = a.mul(a);
    var t = square.div(square.add(1f).sqrt().add(1f)).add(a).mul(0.5f);
    return withSign(t.blend(a, a.compare(GT, LARGE)), x);
  }

  /** Half of {@code t + √(t² + 2t)} for t = x − 1, or x where it is large; NaN below 1. */
  static FloatVector acoshArgument(FloatVector x) {
    var t = x.sub(1f);
    var s = t.sqrt().mul(t.add(2f).sqrt()).add(t).mul(0.5f);
    return s.blend(x, x.compare(GT, LARGE));
  }

  /** Half of {@code 2a/(1 − a)} for a = |x|, with the sign of x; NaN beyond 1. */
  static FloatVector atanhArgument(FloatVector x) {
    var a = x.abs();
    var t = a.div(all(1f).sub(a));
    return withSign(t.blend(Float.NaN, a.compare(GT, 1f)), x);
  }

  /** sinh⁻¹ x within 3 ulp. */
  public static FloatVector asinh(FloatVector x) {
    return signedLog1p(asinhArgument(x), 1f);
  }

  /** cosh⁻¹ x within 3 ulp. */
  public static FloatVector acosh(FloatVector x) {
    return signedLog1p(acoshArgument(x), 1f);
  }

  /** tanh⁻¹ x within 3 ulp. */
  public static FloatVector atanh(FloatVector x) {
    return signedLog1p(atanhArgument(x), 0.5f);
  }
}
