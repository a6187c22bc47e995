package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.ULT;

import jdk.incubator.vector.FloatVector;

/**
 * Exponential and logarithm of f32, each as a vector method and as its scalar twin with the very
 * same operations in the same order. {@link VectorSigmoids} and {@link VectorSines} are made in the
 * same manner.
 *
 * <p>They consist of add, multiply, fma, divide, compare and operations on bits: all exactly
 * defined, so that a lane, a scalar tail, the interpreter and compiled code give the same bits. The
 * library's own ({@code lanewise(EXP)}, {@link Math#exp}) do not promise that. Polynomials are
 * minimax fits (Remez exchange) on the reduced range.
 *
 * <p>The vector methods stay far below 325 bytecodes, the most that the compiler inlines at a hot
 * call: a vector that crosses a real call is boxed.
 */
public final class VectorMath {
  /** Adding 1.5·2²³ leaves a float's nearest integer in its low bits. */
  static final float ROUND = 12582912f;

  static final int ROUND_BITS = 0x4B400000;
  private static final float INF = Float.POSITIVE_INFINITY;

  static final float LOG2_E = 1.442695f;
  static final float LN2_HIGH = 0.6931472f;
  static final float LN2_LOW = -1.9046542e-9f;

  /** Below ln(2⁻¹²⁶) the result would be subnormal: it becomes 0. */
  static final float EXP_LOW = -87.33654f;

  /** Above ln(2¹²⁸) the result is infinite. */
  static final float EXP_HIGH = 88.72283f;

  private static final int MIN_NORMAL_BITS = 0x00800000;

  /** How many positive normal numbers there are. */
  private static final int NORMALS = 0x7F000000;

  static final int SIGN = 0x80000000;

  /** Sign and exponent. */
  private static final int EXPONENT = 0xFF800000;

  static final int SQRT_HALF_BITS = 0x3F3504F3;
  static final float TINY_SCALE = 8388608f; // 2²³

  // Coefficients of the longer functions as vectors: a constant takes the compiler a fraction of
  // the nodes of a broadcast, and past 18,000 nodes it inlines no more and boxes every vector.
  static final FloatVector ONE = all(1f);
  private static final FloatVector EXP_0 = all(LOG2_E);
  private static final FloatVector EXP_1 = all(ROUND);
  private static final FloatVector BIASED = all(ROUND + 127);
  private static final FloatVector EXP_2 = all(-LN2_HIGH);
  private static final FloatVector EXP_3 = all(-LN2_LOW);
  private static final FloatVector EXP_4 = all(0.0013814464f);
  private static final FloatVector EXP_5 = all(0.008368781f);
  private static final FloatVector EXP_6 = all(0.041668393f);
  private static final FloatVector EXP_7 = all(0.1666652f);
  private static final FloatVector EXP_8 = all(0.49999994f);
  private static final FloatVector EXP_9 = all(0.00829023f);
  private static final FloatVector EXP_10 = all(0.04189839f);
  private static final FloatVector EXP_11 = all(0.1666764f);
  private static final FloatVector EXP_12 = all(0.49999145f);
  private static final FloatVector EXP_13 = all(0.9999997f);
  private static final FloatVector LOG_0 = all(-0.07634495f);
  private static final FloatVector LOG_1 = all(0.12761575f);
  private static final FloatVector LOG_2 = all(-0.13160183f);
  private static final FloatVector LOG_3 = all(0.14201759f);
  private static final FloatVector LOG_4 = all(-0.16623357f);
  private static final FloatVector LOG_5 = all(0.20001227f);
  private static final FloatVector LOG_6 = all(-0.2500082f);
  private static final FloatVector LOG_7 = all(0.3333333f);
  private static final FloatVector LOG_8 = all(-0.5f);
  private static final FloatVector LOG_9 = all(LN2_LOW / TINY_SCALE);
  private static final FloatVector LOG_10 = all(LN2_HIGH / TINY_SCALE);

  private VectorMath() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(F32, value);
  }

  /**
   * eˣ within 1 ulp; below {@code ln(2⁻¹²⁶)} 0 rather than a subnormal number. With n = x / ln 2
   * rounded and r = x − n·ln 2: 2ⁿ · (1 + r·(1 + r·P(r))), where 2ⁿ is added to the exponent bits.
   */
  public static FloatVector exp(FloatVector x) {
    // ∞ above the range, NaN for NaN
    var y = x.mul(INF).blend(plainExp(x), x.compare(LE, EXP_HIGH));
    return y.blend(0f, x.compare(LT, EXP_LOW));
  }

  /**
   * The same for lanes that are known not to be above 0 or NaN, as in a softmax: saves three
   * instructions of seventeen.
   */
  static FloatVector expOfNegative(FloatVector x) {
    return plainExp(x).blend(0f, x.compare(LT, EXP_LOW));
  }

  /**
   * eˣ for what stands x below the maximum of a softmax, not above 0, or NaN: within 2 ulp down to
   * −5 and 5 ulp further down. A coefficient less than {@link #exp(FloatVector)} and ln 2 of one
   * piece: multiply-adds are what bounds a softmax.
   */
  static FloatVector expBelowMaximum(FloatVector x) {
    // n + 127 in the lowest bits: 2ⁿ as a factor, since NaN has to stay NaN
    var shifted = x.fma(EXP_0, BIASED);
    var r = shifted.sub(BIASED).fma(EXP_2, x);
    var p = r.fma(EXP_9, EXP_10);
    p = p.fma(r, EXP_11);
    p = p.fma(r, EXP_12);
    p = p.fma(r, EXP_13).fma(r, ONE);
    return p.mul(shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
        .blend(0f, x.compare(LT, EXP_LOW));
  }

  /** Scalar twin of {@link #expBelowMaximum(FloatVector)}, also for NaN. */
  static float expBelowMaximum(float x) {
    if (!(x >= EXP_LOW)) {
      return x < EXP_LOW ? 0f : x;
    }
    float shifted = Math.fma(x, LOG2_E, ROUND + 127);
    float r = Math.fma(shifted - (ROUND + 127), -LN2_HIGH, x);
    float p = Math.fma(r, 0.00829023f, 0.04189839f);
    p = Math.fma(p, r, 0.1666764f);
    p = Math.fma(p, r, 0.49999145f);
    p = Math.fma(Math.fma(p, r, 0.9999997f), r, 1f);
    return p * Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << 23);
  }

  /** eˣ where neither it nor its exponent leaves the range of f32; nonsense elsewhere. */
  static FloatVector plainExp(FloatVector x) {
    var shifted = x.fma(EXP_0, EXP_1);
    var n = shifted.sub(EXP_1);
    var r = n.fma(EXP_2, x);
    r = n.fma(EXP_3, r);
    // P in pairs: fewer operations than coefficient by coefficient, and a shorter chain
    var square = r.mul(r);
    var p = square.fma(EXP_4, r.fma(EXP_5, EXP_6)).fma(square, r.fma(EXP_7, EXP_8));
    p = p.fma(r, ONE).fma(r, ONE);
    return p.reinterpretAsInts()
        .add(shifted.reinterpretAsInts().lanewise(LSHL, 23))
        .reinterpretAsFloats();
  }

  /** Scalar twin of {@link #exp(FloatVector)}. */
  public static float exp(float x) {
    if (x < EXP_LOW) {
      return 0f;
    }
    if (!(x <= EXP_HIGH)) {
      return x * INF;
    }
    float shifted = Math.fma(x, LOG2_E, ROUND);
    float n = shifted - ROUND;
    float r = Math.fma(n, -LN2_HIGH, x);
    r = Math.fma(n, -LN2_LOW, r);
    float square = r * r;
    float p =
        Math.fma(
            Math.fma(square, 0.0013814464f, Math.fma(r, 0.008368781f, 0.041668393f)),
            square,
            Math.fma(r, 0.1666652f, 0.49999994f));
    p = Math.fma(Math.fma(p, r, 1f), r, 1f);
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
  }

  /**
   * Natural logarithm within 1 ulp. x = 2ⁿ·(1 + f) with 1 + f between √½ and √2; the result is n·ln
   * 2 + f + f²·P(f). The bits of n stay where they stand in x, and ln 2 is scaled by 2⁻²³ instead.
   * Subnormal numbers are scaled by 2²³ first.
   */
  public static FloatVector log(FloatVector x) {
    var tiny = x.compare(LT, Float.MIN_NORMAL);
    var bits = x.blend(x.mul(TINY_SCALE), tiny).reinterpretAsInts();
    var exponent = bits.sub(SQRT_HALF_BITS).and(EXPONENT);
    var f = bits.sub(exponent).reinterpretAsFloats().sub(ONE);
    var n = (FloatVector) exponent.convert(I2F, 0);
    n = n.blend(n.sub(23 * TINY_SCALE), tiny);
    var y = logOfParts(n, f);
    y = y.blend(x, x.compare(EQ, INF));
    y = y.blend(-INF, x.compare(EQ, 0f));
    return all(Float.NaN).blend(y, x.compare(GE, 0f));
  }

  /** n·2⁻²³·ln 2 + log(1 + f). */
  private static FloatVector logOfParts(FloatVector n, FloatVector f) {
    var f2 = f.mul(f);
    var low = f.fma(LOG_5, LOG_6).fma(f2, f.fma(LOG_7, LOG_8));
    var high = f2.fma(LOG_0, f.fma(LOG_1, LOG_2)).fma(f2, f.fma(LOG_3, LOG_4));
    var p = high.fma(f2.mul(f2), low);
    var y = p.fma(f2, n.mul(LOG_9)).add(f);
    return n.fma(LOG_10, y);
  }

  /** Whether all lanes are positive normal numbers, the case for {@link #logOfNormal}. */
  static boolean areNormal(FloatVector x) {
    return x.reinterpretAsInts().sub(MIN_NORMAL_BITS).compare(ULT, NORMALS).allTrue();
  }

  /** {@link #log(FloatVector)} without its special cases, which take two fifths of its time. */
  static FloatVector logOfNormal(FloatVector x) {
    var bits = x.reinterpretAsInts();
    var exponent = bits.sub(SQRT_HALF_BITS).and(EXPONENT);
    var f = bits.sub(exponent).reinterpretAsFloats().sub(ONE);
    return logOfParts((FloatVector) exponent.convert(I2F, 0), f);
  }

  /** Scalar twin of {@link #log(FloatVector)}. */
  public static float log(float x) {
    if (!(x >= 0f)) {
      return Float.NaN;
    }
    if (x == 0f) {
      return -INF;
    }
    if (x == INF) {
      return x;
    }
    boolean tiny = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(tiny ? x * TINY_SCALE : x);
    int exponent = (bits - SQRT_HALF_BITS) & EXPONENT;
    float f = Float.intBitsToFloat(bits - exponent) - 1f;
    float n = tiny ? exponent - 23 * TINY_SCALE : exponent;
    float f2 = f * f;
    float low = Math.fma(Math.fma(f, 0.20001227f, -0.2500082f), f2, Math.fma(f, 0.3333333f, -0.5f));
    float high =
        Math.fma(
            Math.fma(f2, -0.07634495f, Math.fma(f, 0.12761575f, -0.13160183f)),
            f2,
            Math.fma(f, 0.14201759f, -0.16623357f));
    float p = Math.fma(high, f2 * f2, low);
    float y = Math.fma(p, f2, n * (LN2_LOW / TINY_SCALE)) + f;
    return Math.fma(n, LN2_HIGH / TINY_SCALE, y);
  }
}
