package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.ULT;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;

/**
 * Elementary functions of f32, each as a vector method and as its scalar twin with the very same
 * operations in the same order.
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
  static final int SQRT_HALF_BITS = 0x3F3504F3;
  static final float TINY_SCALE = 8388608f; // 2²³

  /**
   * Largest magnitude whose multiple of π/2 has at most 16 bits, so that removing it with a π/2 of
   * three floats is exact to the last bit that matters.
   */
  static final float SINE_LIMIT = 65536f;

  private static final float TWO_OVER_PI = 0.63661975f;
  static final float HALF_PI_1 = 1.5707964f;
  static final float HALF_PI_2 = -4.371139e-8f;
  private static final float HALF_PI_3 = -1.7151245e-15f;

  // Coefficients of the longer functions as vectors: a constant takes the compiler a fraction of
  // the nodes of a broadcast, and past 18,000 nodes it inlines no more and boxes every vector.
  private static final FloatVector ONE = all(1f);
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
  private static final FloatVector LOG_8 = all(LN2_LOW);
  private static final FloatVector LOG_9 = all(-0.5f);
  private static final FloatVector LOG_10 = all(LN2_HIGH);
  private static final FloatVector SINE_0 = all(TWO_OVER_PI);
  private static final FloatVector SINE_1 = all(ROUND);
  private static final FloatVector SINE_2 = all(-HALF_PI_1);
  private static final FloatVector SINE_3 = all(-HALF_PI_2);
  private static final FloatVector SINE_4 = all(-HALF_PI_3);
  private static final FloatVector SINE_5 = all(2.7183044e-6f);
  private static final FloatVector SINE_6 = all(-0.00019839335f);
  private static final FloatVector SINE_7 = all(0.008333329f);
  private static final FloatVector SINE_8 = all(-0.16666667f);
  private static final FloatVector SINE_9 = all(2.4438381e-5f);
  private static final FloatVector SINE_10 = all(-0.0013887367f);
  private static final FloatVector SINE_11 = all(0.041666646f);
  private static final FloatVector SINE_12 = all(-0.5f);
  private static final FloatVector TWO = all(2f);
  private static final FloatVector TANH_0 = all(-0.0056483173f);
  private static final FloatVector TANH_1 = all(0.020589827f);
  private static final FloatVector TANH_2 = all(-0.053725127f);
  private static final FloatVector TANH_3 = all(0.13331275f);
  private static final FloatVector TANH_4 = all(-0.33333275f);
  private static final FloatVector TANH_5 = all(2.88539f);
  private static final FloatVector TANH_6 = all(-0.3465736f);
  private static final FloatVector TANH_7 = all(0.26528734f);
  private static final FloatVector TANH_8 = all(0.6703742f);
  private static final FloatVector TANH_9 = all(1.3334112f);
  private static final FloatVector TANH_10 = all(1.9999658f);
  private static final FloatVector TANH_11 = all(1.9999994f);
  private static final FloatVector GELU_0 = all(-1f);
  private static final FloatVector GELU_1 = all(-1.1511066f);
  private static final FloatVector GELU_2 = all(-0.45919073f);
  private static final FloatVector GELU_3 = all(-0.05256159f);
  private static final FloatVector GELU_4 = all(0.0071677263f);
  private static final FloatVector GELU_5 = all(-0.00021505444f);
  private static final FloatVector GELU_6 = all(-0.00016056419f);
  private static final FloatVector GELU_7 = all(3.795658e-5f);
  private static final FloatVector GELU_8 = all(-3.805624e-6f);
  private static final FloatVector GELU_9 = all(1.5030703e-7f);
  private static final FloatVector GELU_10 = all(0.0013264727f);
  private static final FloatVector GELU_11 = all(0.009671513f);
  private static final FloatVector GELU_12 = all(0.055507336f);
  private static final FloatVector GELU_13 = all(0.24022242f);
  private static final FloatVector GELU_14 = all(0.693147f);
  private static final FloatVector ERF_0 = all(0.00018637812f);
  private static final FloatVector ERF_1 = all(-0.0029476476f);
  private static final FloatVector ERF_2 = all(0.02183802f);
  private static final FloatVector ERF_3 = all(-0.10310666f);
  private static final FloatVector ERF_4 = all(-0.63814497f);
  private static final FloatVector ERF_5 = all(-1.1270891f);
  private static final FloatVector ERF_6 = all(-0.00034153997f);
  static final FloatVector ERF_7 = all(7.8580306e-5f);
  static final FloatVector ERF_8 = all(-0.00080115604f);
  static final FloatVector ERF_9 = all(0.0051885005f);
  static final FloatVector ERF_10 = all(-0.026853917f);
  static final FloatVector ERF_11 = all(0.112835884f);
  static final FloatVector ERF_12 = all(-0.37612626f);
  static final FloatVector ERF_13 = all(0.12837917f);

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
    var y = x.mul(INF).blend(unboundedExp(x), x.compare(LE, EXP_HIGH));
    return y.blend(0f, x.compare(LT, EXP_LOW));
  }

  /**
   * The same for lanes that are known not to be above 0 or NaN, as in a softmax: saves three
   * instructions of seventeen.
   */
  static FloatVector expOfNegative(FloatVector x) {
    return unboundedExp(x).blend(0f, x.compare(LT, EXP_LOW));
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
  private static FloatVector unboundedExp(FloatVector x) {
    var shifted = x.fma(EXP_0, EXP_1);
    var n = shifted.sub(ROUND);
    var r = n.fma(EXP_2, x);
    r = n.fma(EXP_3, r);
    var p = r.fma(EXP_4, EXP_5);
    p = p.fma(r, EXP_6);
    p = p.fma(r, EXP_7);
    p = p.fma(r, EXP_8);
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
    float p = Math.fma(r, 0.0013814464f, 0.008368781f);
    p = Math.fma(p, r, 0.041668393f);
    p = Math.fma(p, r, 0.1666652f);
    p = Math.fma(p, r, 0.49999994f);
    p = Math.fma(Math.fma(p, r, 1f), r, 1f);
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
  }

  /**
   * Natural logarithm within 1 ulp. x = 2ⁿ·(1 + f) with 1 + f between √½ and √2; the result is n·ln
   * 2 + f − f²/2 + f³·P(f). Subnormal numbers are scaled by 2²³ first.
   */
  public static FloatVector log(FloatVector x) {
    var tiny = x.compare(LT, Float.MIN_NORMAL);
    var bits = x.blend(x.mul(TINY_SCALE), tiny).reinterpretAsInts();
    var exponent = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, 23);
    var f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
    var n = exponent.add(ROUND_BITS).reinterpretAsFloats().sub(ROUND);
    n = n.blend(n.sub(23f), tiny);
    var y = logOfParts(n, f);
    y = y.blend(x, x.compare(EQ, INF));
    y = y.blend(-INF, x.compare(EQ, 0f));
    return all(Float.NaN).blend(y, x.compare(GE, 0f));
  }

  /** n·ln 2 + log(1 + f). */
  private static FloatVector logOfParts(FloatVector n, FloatVector f) {
    var p = f.fma(LOG_0, LOG_1);
    p = p.fma(f, LOG_2);
    p = p.fma(f, LOG_3);
    p = p.fma(f, LOG_4);
    p = p.fma(f, LOG_5);
    p = p.fma(f, LOG_6);
    p = p.fma(f, LOG_7);
    var square = f.mul(f);
    var y = p.mul(square.mul(f));
    y = n.fma(LOG_8, y);
    y = square.fma(LOG_9, y).add(f);
    return n.fma(LOG_10, y);
  }

  /** Whether all lanes are positive normal numbers, the case for {@link #logOfNormal}. */
  static boolean areNormal(FloatVector x) {
    return x.reinterpretAsInts().sub(MIN_NORMAL_BITS).compare(ULT, NORMALS).allTrue();
  }

  /** {@link #log(FloatVector)} without its special cases, which take two fifths of its time. */
  static FloatVector logOfNormal(FloatVector x) {
    var bits = x.reinterpretAsInts();
    var exponent = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, 23);
    var f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
    var n = exponent.add(ROUND_BITS).reinterpretAsFloats().sub(ROUND);
    return logOfParts(n, f);
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
    int exponent = (bits - SQRT_HALF_BITS) >> 23;
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
    float n = Float.intBitsToFloat(exponent + ROUND_BITS) - ROUND;
    n = tiny ? n - 23f : n;
    float p = Math.fma(f, -0.07634495f, 0.12761575f);
    p = Math.fma(p, f, -0.13160183f);
    p = Math.fma(p, f, 0.14201759f);
    p = Math.fma(p, f, -0.16623357f);
    p = Math.fma(p, f, 0.20001227f);
    p = Math.fma(p, f, -0.2500082f);
    p = Math.fma(p, f, 0.3333333f);
    float square = f * f;
    float y = p * (square * f);
    y = Math.fma(n, LN2_LOW, y);
    y = Math.fma(square, -0.5f, y) + f;
    return Math.fma(n, LN2_HIGH, y);
  }

  /** 1 / (1 + e⁻ˣ) within 2.5 ulp; 0 where the result would be subnormal. */
  public static FloatVector sigmoid(FloatVector x) {
    return all(1f).div(exp(x.neg()).add(1f));
  }

  /** Scalar twin of {@link #sigmoid(FloatVector)}. */
  public static float sigmoid(float x) {
    return 1f / (exp(-x) + 1f);
  }

  /** Hyperbolic tangent within 2 ulp: x + x³·P(x²) near 0, beyond it 1 − 2 / (e²ˣ + 1). */
  public static FloatVector tanh(FloatVector x) {
    var bits = x.reinterpretAsInts();
    var sign = bits.and(SIGN);
    var size = x.abs();
    // from 10 on the result is 1; NaN takes the other branch
    var a = size.blend(10f, size.compare(GT, 10f));
    var large = ONE.sub(TWO.div(roughExpOfTwice(a).add(1f)));
    large = large.reinterpretAsInts().or(sign).reinterpretAsFloats();
    var z = x.mul(x);
    var p = z.fma(TANH_0, TANH_1);
    p = p.fma(z, TANH_2);
    p = p.fma(z, TANH_3);
    p = p.fma(z, TANH_4);
    var small = p.mul(z).fma(x, x);
    return small.blend(large, size.compare(GE, 0.63f));
  }

  /**
   * e²ˣ within 2⁻²² for x between 0 and 10, where 1 − 2 / (e²ˣ + 1) makes little of its error: one
   * coefficient less, and ln 2 of one piece.
   */
  private static FloatVector roughExpOfTwice(FloatVector x) {
    var shifted = x.fma(TANH_5, EXP_1);
    var n = shifted.sub(ROUND);
    var r = n.fma(TANH_6, x);
    var p = r.fma(TANH_7, TANH_8);
    p = p.fma(r, TANH_9);
    p = p.fma(r, TANH_10);
    p = p.fma(r, TANH_11).fma(r, ONE);
    return p.reinterpretAsInts()
        .add(shifted.reinterpretAsInts().lanewise(LSHL, 23))
        .reinterpretAsFloats();
  }

  /** Scalar twin of {@link #roughExpOfTwice(FloatVector)}. */
  private static float roughExpOfTwice(float x) {
    float shifted = Math.fma(x, 2.88539f, ROUND);
    float n = shifted - ROUND;
    float r = Math.fma(n, -0.3465736f, x);
    float p = Math.fma(r, 0.26528734f, 0.6703742f);
    p = Math.fma(p, r, 1.3334112f);
    p = Math.fma(p, r, 1.9999658f);
    p = Math.fma(Math.fma(p, r, 1.9999994f), r, 1f);
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
  }

  /** Scalar twin of {@link #tanh(FloatVector)}. */
  public static float tanh(float x) {
    float size = Math.abs(x);
    if (!(size >= 0.63f)) { // also NaN
      float z = x * x;
      float p = Math.fma(z, -0.0056483173f, 0.020589827f);
      p = Math.fma(p, z, -0.053725127f);
      p = Math.fma(p, z, 0.13331275f);
      p = Math.fma(p, z, -0.33333275f);
      return Math.fma(p * z, x, x);
    }
    float a = size > 10f ? 10f : size;
    return Math.copySign(1f - 2f / (roughExpOfTwice(a) + 1f), x);
  }

  /**
   * x·Φ(x), Φ the normal distribution, as max(x, 0) − |x|·Φ(−|x|), where Φ(−a) = 2^Q(a) up to 6,
   * from where on it is 0: within 3.5 ulp above 0, and within 1e-7 of what it should be below. Q is
   * evaluated in pairs rather than coefficient by coefficient, so that the processor need not wait
   * for one long chain.
   */
  public static FloatVector gelu(FloatVector x) {
    var a = x.abs();
    var a2 = a.mul(a);
    var a4 = a2.mul(a2);
    var low = a.fma(GELU_3, GELU_2).fma(a2, a.fma(GELU_1, GELU_0));
    var high = a.fma(GELU_7, GELU_6).fma(a2, a.fma(GELU_5, GELU_4));
    var top = a.fma(GELU_9, GELU_8);
    var q = top.fma(a4, high).fma(a4, low);
    var shifted = q.add(ROUND);
    var r = q.sub(shifted.sub(ROUND));
    var p = r.fma(GELU_10, GELU_11);
    p = p.fma(r, GELU_12);
    p = p.fma(r, GELU_13);
    p = p.fma(r, GELU_14).fma(r, ONE);
    var tail =
        p.reinterpretAsInts()
            .add(shifted.reinterpretAsInts().lanewise(LSHL, 23))
            .reinterpretAsFloats()
            .mul(a);
    tail = tail.blend(0f, a.compare(GT, 6f));
    return x.blend(0f, x.compare(LT, 0f)).sub(tail);
  }

  /** Scalar twin of {@link #gelu(FloatVector)}. */
  public static float gelu(float x) {
    float above = x < 0f ? 0f : x;
    float a = Math.abs(x);
    if (a > 6f) {
      return above;
    }
    float a2 = a * a;
    float a4 = a2 * a2;
    float low =
        Math.fma(Math.fma(a, -0.05256159f, -0.45919073f), a2, Math.fma(a, -1.1511066f, -1f));
    float high =
        Math.fma(
            Math.fma(a, 3.795658e-5f, -0.00016056419f),
            a2,
            Math.fma(a, -0.00021505444f, 0.0071677263f));
    float top = Math.fma(a, 1.5030703e-7f, -3.805624e-6f);
    float q = Math.fma(Math.fma(top, a4, high), a4, low);
    float shifted = q + ROUND;
    float r = q - (shifted - ROUND);
    float p = Math.fma(r, 0.0013264727f, 0.009671513f);
    p = Math.fma(p, r, 0.055507336f);
    p = Math.fma(p, r, 0.24022242f);
    p = Math.fma(Math.fma(p, r, 0.693147f), r, 1f);
    float tail =
        Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
    return above - tail * a;
  }

  /**
   * The error function within 1.5 ulp: x + x·P(x²) up to 1, beyond it 1 − e^−Q(x), where Q fits −ln
   * erfc up to 4, from where on the result is 1.
   */
  public static FloatVector erf(FloatVector x) {
    var sign = x.reinterpretAsInts().and(SIGN);
    var size = x.abs();
    var a = size.blend(4f, size.compare(GT, 4f));
    var q = a.fma(ERF_0, ERF_1);
    q = q.fma(a, ERF_2);
    q = q.fma(a, ERF_3);
    q = q.fma(a, ERF_4);
    q = q.fma(a, ERF_5);
    q = q.fma(a, ERF_6);
    // NaN takes the other branch
    var large = ONE.sub(unboundedExp(q)).reinterpretAsInts().or(sign).reinterpretAsFloats();
    var z = x.mul(x);
    var p = z.fma(ERF_7, ERF_8);
    p = p.fma(z, ERF_9);
    p = p.fma(z, ERF_10);
    p = p.fma(z, ERF_11);
    p = p.fma(z, ERF_12);
    p = p.fma(z, ERF_13);
    return p.fma(x, x).blend(large, size.compare(GE, 1f));
  }

  /** Scalar twin of {@link #erf(FloatVector)}. */
  public static float erf(float x) {
    float size = Math.abs(x);
    if (size < 1f) {
      float z = x * x;
      float p = Math.fma(z, 7.8580306e-5f, -0.00080115604f);
      p = Math.fma(p, z, 0.0051885005f);
      p = Math.fma(p, z, -0.026853917f);
      p = Math.fma(p, z, 0.112835884f);
      p = Math.fma(p, z, -0.37612626f);
      p = Math.fma(p, z, 0.12837917f);
      return Math.fma(p, x, x);
    }
    float a = size > 4f ? 4f : size;
    float q = Math.fma(a, 0.00018637812f, -0.0029476476f);
    q = Math.fma(q, a, 0.02183802f);
    q = Math.fma(q, a, -0.10310666f);
    q = Math.fma(q, a, -0.63814497f);
    q = Math.fma(q, a, -1.1270891f);
    q = Math.fma(q, a, -0.00034153997f);
    return Math.copySign(1f - exp(q), x);
  }

  /** Whether some lane is too large (or not a number) for the vector form of sine and cosine. */
  public static boolean needsScalarSine(FloatVector x) {
    return !x.abs().compare(LE, SINE_LIMIT).allTrue();
  }

  /**
   * Sine within 1.5 ulp, for lanes up to 2¹⁶ in magnitude only: where {@link #needsScalarSine} says
   * so, use {@link #sin(float)} lane by lane, which gives the same bits and takes all numbers.
   */
  public static FloatVector sin(FloatVector x) {
    return quarterTurns(x, 0);
  }

  /** Cosine; as {@link #sin(FloatVector)}. */
  public static FloatVector cos(FloatVector x) {
    return quarterTurns(x, 1);
  }

  /** sin(x + turns·π/2): x less its nearest multiple of π/2, and that multiple modulo 4. */
  private static FloatVector quarterTurns(FloatVector x, int turns) {
    var shifted = x.fma(SINE_0, SINE_1);
    var n = shifted.sub(ROUND);
    var r = n.fma(SINE_2, x);
    r = n.fma(SINE_3, r);
    r = n.fma(SINE_4, r);
    var quadrant = shifted.reinterpretAsInts().add(turns);
    var z = r.mul(r);
    var s = z.fma(SINE_5, SINE_6);
    s = s.fma(z, SINE_7);
    s = s.fma(z, SINE_8);
    s = s.mul(z).fma(r, r);
    var c = z.fma(SINE_9, SINE_10);
    c = c.fma(z, SINE_11);
    c = c.fma(z, SINE_12).fma(z, ONE);
    var odd = quadrant.and(1).compare(NE, 0).cast(F32);
    var sign = quadrant.and(2).lanewise(LSHL, 30);
    return s.blend(c, odd).reinterpretAsInts().lanewise(XOR, sign).reinterpretAsFloats();
  }

  /** Scalar twin of {@link #sin(FloatVector)}, for all numbers. */
  public static float sin(float x) {
    return Math.abs(x) <= SINE_LIMIT ? quarterTurns(x, 0) : (float) StrictMath.sin(x);
  }

  /** Scalar twin of {@link #cos(FloatVector)}, for all numbers. */
  public static float cos(float x) {
    return Math.abs(x) <= SINE_LIMIT ? quarterTurns(x, 1) : (float) StrictMath.cos(x);
  }

  private static float quarterTurns(float x, int turns) {
    float shifted = Math.fma(x, TWO_OVER_PI, ROUND);
    float n = shifted - ROUND;
    float r = Math.fma(n, -HALF_PI_1, x);
    r = Math.fma(n, -HALF_PI_2, r);
    r = Math.fma(n, -HALF_PI_3, r);
    int quadrant = Float.floatToRawIntBits(shifted) + turns;
    float z = r * r;
    float y;
    if ((quadrant & 1) == 0) {
      float s = Math.fma(z, 2.7183044e-6f, -0.00019839335f);
      s = Math.fma(s, z, 0.008333329f);
      s = Math.fma(s, z, -0.16666667f);
      y = Math.fma(s * z, r, r);
    } else {
      float c = Math.fma(z, 2.4438381e-5f, -0.0013887367f);
      c = Math.fma(c, z, 0.041666646f);
      y = Math.fma(Math.fma(c, z, -0.5f), z, 1f);
    }
    return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ ((quadrant & 2) << 30));
  }
}
