package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;

/** Inverse trigonometric functions of f32, in the manner of {@link VectorExponentials}. */
public final class VectorAngles {
  private static final float PI_HIGH = 3.1415927f;
  private static final float PI_LOW = -8.742278e-8f;
  private static final FloatVector ATAN_0 = all(-0.0017935939f);
  private static final FloatVector ATAN_1 = all(0.010914481f);
  private static final FloatVector ATAN_2 = all(-0.031177614f);
  private static final FloatVector ATAN_3 = all(0.05795736f);
  private static final FloatVector ATAN_4 = all(-0.08403437f);
  private static final FloatVector ATAN_5 = all(0.10952181f);
  private static final FloatVector ATAN_6 = all(-0.14264241f);
  private static final FloatVector ATAN_7 = all(0.19998549f);
  private static final FloatVector ATAN_8 = all(-0.333333f);
  private static final FloatVector ASIN_0 = all(0.042178206f);
  private static final FloatVector ASIN_1 = all(0.024172964f);
  private static final FloatVector ASIN_2 = all(0.045471605f);
  private static final FloatVector ASIN_3 = all(0.074952886f);
  private static final FloatVector ASIN_4 = all(0.16666752f);

  private VectorAngles() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(F32, value);
  }

  private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
    var bit = sign.reinterpretAsInts().and(VectorMath.SIGN);
    return magnitude.reinterpretAsInts().or(bit).reinterpretAsFloats();
  }

  /** π/2 − r, with a π/2 of two floats. */
  private static FloatVector fromQuarter(FloatVector r) {
    return all(VectorSines.HALF_PI_2).sub(r).add(VectorSines.HALF_PI_1);
  }

  /** The angle whose tangent is q, for 0 ≤ q ≤ 1: q + q³·P(q²). */
  private static FloatVector atanOfUnit(FloatVector q) {
    var z = q.mul(q);
    var p = z.fma(ATAN_0, ATAN_1);
    p = p.fma(z, ATAN_2);
    p = p.fma(z, ATAN_3);
    p = p.fma(z, ATAN_4);
    p = p.fma(z, ATAN_5);
    p = p.fma(z, ATAN_6);
    p = p.fma(z, ATAN_7);
    p = p.fma(z, ATAN_8);
    return p.mul(z).fma(q, q);
  }

  /** tan⁻¹ x within 2 ulp; beyond 1 it is π/2 − tan⁻¹ 1/x. */
  public static FloatVector atan(FloatVector x) {
    var a = x.abs();
    var steep = a.compare(GT, 1f);
    var r = atanOfUnit(a.blend(all(1f).div(a), steep));
    return withSign(r.blend(fromQuarter(r), steep), x);
  }

  /**
   * The angle of the point (x, y) within 3 ulp, signs of zero and infinities as IEEE 754 has it.
   */
  public static FloatVector atan2(FloatVector y, FloatVector x) {
    var a = y.abs();
    var b = x.abs();
    var steep = a.compare(GT, b);
    var q = a.blend(b, steep).div(b.blend(a, steep));
    q = q.blend(a, b.blend(a, steep).compare(EQ, 0f)); // both 0
    q = q.blend(1f, a.compare(EQ, b).and(a.compare(EQ, Float.POSITIVE_INFINITY)));
    var r = atanOfUnit(q);
    r = r.blend(fromQuarter(r), steep);
    var left = x.reinterpretAsInts().compare(LT, 0).cast(F32);
    r = r.blend(all(PI_LOW).sub(r).add(PI_HIGH), left);
    return withSign(r, y).blend(Float.NaN, x.compare(NE, x));
  }

  /** s + s³·P(z), z = s²: the angle whose sine is s, for 0 ≤ s ≤ ½. */
  private static FloatVector asinOfHalf(FloatVector s, FloatVector z) {
    var p = z.fma(ASIN_0, ASIN_1);
    p = p.fma(z, ASIN_2);
    p = p.fma(z, ASIN_3);
    p = p.fma(z, ASIN_4);
    return p.mul(z).fma(s, s);
  }

  /** sin⁻¹ x within 2.5 ulp; beyond ½ it is π/2 − 2·sin⁻¹ √((1 − x)/2). */
  public static FloatVector asin(FloatVector x) {
    var a = x.abs();
    var far = a.compare(GT, 0.5f);
    var z = a.mul(a).blend(all(1f).sub(a).mul(0.5f), far);
    var r = asinOfHalf(a.blend(z.sqrt(), far), z);
    return withSign(r.blend(fromQuarter(r.add(r)), far), x);
  }

  /** cos⁻¹ x within 2 ulp, near 1 too. */
  public static FloatVector acos(FloatVector x) {
    var a = x.abs();
    var far = a.compare(GT, 0.5f);
    var z = a.mul(a).blend(all(1f).sub(a).mul(0.5f), far);
    var r = asinOfHalf(a.blend(z.sqrt(), far), z);
    var twice = r.add(r);
    var left = x.compare(LT, 0f);
    var near = fromQuarter(r.blend(r.neg(), left));
    return near.blend(twice.blend(all(PI_LOW).sub(twice).add(PI_HIGH), left), far);
  }

  /** tan x within 4 ulp where {@link VectorSines#needsScalarSine} allows it. */
  public static FloatVector tan(FloatVector x) {
    return VectorSines.sin(x).div(VectorSines.cos(x));
  }

  /** The same for one number of any size. */
  public static float tan(float x) {
    return Math.abs(x) <= VectorSines.SINE_LIMIT
        ? VectorSines.sin(x) / VectorSines.cos(x)
        : (float) StrictMath.tan(x);
  }
}
