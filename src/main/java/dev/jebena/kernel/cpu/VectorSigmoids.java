package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.VectorMath.LN2_HIGH;
import static dev.jebena.kernel.cpu.VectorMath.LN2_LOW;
import static dev.jebena.kernel.cpu.VectorMath.LOG2_E;
import static dev.jebena.kernel.cpu.VectorMath.ONE;
import static dev.jebena.kernel.cpu.VectorMath.ROUND;
import static dev.jebena.kernel.cpu.VectorMath.SIGN;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * Functions of f32 that rise from one level to another, and those that are such a function times
 * its argument; in the manner of {@link VectorMath}. The forms that begin with {@code plain} leave
 * out what only numbers beyond their limit need, and give the same bits below it.
 */
public final class VectorSigmoids {
  private static final float INF = Float.POSITIVE_INFINITY;

  /** Up to here in magnitude {@link #plainSigmoid} and {@link #plainSilu} are right. */
  static final float SIGMOID_LIMIT = 87f;

  /** The same for {@link #plainTanh}. */
  static final float TANH_LIMIT = 40f;

  /** The same for {@link #plainGelu}; beyond it Φ(−a) counts as 0. */
  static final float GELU_LIMIT = 9f;

  /** Below this magnitude tanh is a polynomial. */
  private static final float TANH_SMALL = 0.3f;

  // constants as vectors: see VectorMath
  private static final FloatVector ZERO = all(0f);
  private static final FloatVector TWO = all(2f);
  private static final FloatVector ROUND_OFF = all(ROUND);
  private static final FloatVector SIGMOID_0 = all(-LOG2_E);
  private static final FloatVector SIGMOID_1 = all(LN2_HIGH);
  private static final FloatVector SIGMOID_2 = all(LN2_LOW);
  private static final FloatVector SIGMOID_3 = all(-0.0013814464f);
  private static final FloatVector SIGMOID_4 = all(0.008368781f);
  private static final FloatVector SIGMOID_5 = all(-0.041668393f);
  private static final FloatVector SIGMOID_6 = all(0.1666652f);
  private static final FloatVector SIGMOID_7 = all(-0.49999994f);
  private static final FloatVector TANH_0 = all(2.88539f);
  private static final FloatVector TANH_1 = all(-0.3465736f);
  private static final FloatVector TANH_2 = all(0.08922982f);
  private static final FloatVector TANH_3 = all(0.26780325f);
  private static final FloatVector TANH_4 = all(0.66666216f);
  private static final FloatVector TANH_5 = all(1.3333216f);
  private static final FloatVector TANH_6 = all(2f);
  private static final FloatVector TANH_7 = all(-0.05036631f);
  private static final FloatVector TANH_8 = all(0.13314833f);
  private static final FloatVector TANH_9 = all(-0.3333306f);
  private static final FloatVector TANH_10 = all(TANH_SMALL);
  private static final FloatVector GELU_0 = all(0.5f);
  private static final FloatVector GELU_1 = all(-1.1511055f);
  private static final FloatVector GELU_2 = all(-0.459203f);
  private static final FloatVector GELU_3 = all(-0.052518755f);
  private static final FloatVector GELU_4 = all(0.007105615f);
  private static final FloatVector GELU_5 = all(-1.759588e-4f);
  private static final FloatVector GELU_6 = all(-1.6753447e-4f);
  private static final FloatVector GELU_7 = all(3.4988905e-5f);
  private static final FloatVector GELU_8 = all(-2.4342353e-6f);
  private static final FloatVector GELU_9 = all(6.6323637e-4f);
  private static final FloatVector GELU_10 = all(0.0048357565f);
  private static final FloatVector GELU_11 = all(0.027753668f);
  private static final FloatVector GELU_12 = all(0.12011121f);
  private static final FloatVector GELU_13 = all(0.3465735f);
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

  private VectorSigmoids() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(F32, value);
  }

  /** 1 / (1 + e⁻ˣ) within 2.5 ulp; 0 where the result would be subnormal. */
  public static FloatVector sigmoid(FloatVector x) {
    return ONE.div(onePlusExpOfNegated(x));
  }

  /** {@link #sigmoid(FloatVector)} up to {@link #SIGMOID_LIMIT}. */
  static FloatVector plainSigmoid(FloatVector x) {
    return ONE.div(plainExpOfNegated(x).add(ONE));
  }

  /** x / (1 + e⁻ˣ) within 2.5 ulp; −0 below −88.7, NaN for −∞ as in PyTorch. */
  public static FloatVector silu(FloatVector x) {
    return x.div(onePlusExpOfNegated(x));
  }

  /** {@link #silu(FloatVector)} up to {@link #SIGMOID_LIMIT}. */
  static FloatVector plainSilu(FloatVector x) {
    return x.div(plainExpOfNegated(x).add(ONE));
  }

  /** 1 + e⁻ˣ, up to ∞. */
  private static FloatVector onePlusExpOfNegated(FloatVector x) {
    var e = x.neg().mul(INF).blend(plainExpOfNegated(x), x.compare(GE, -VectorMath.EXP_HIGH));
    return e.blend(0f, x.compare(GT, SIGMOID_LIMIT)).add(ONE);
  }

  /**
   * e⁻ˣ within 1.1 ulp where it does not leave the range of f32: as {@link VectorMath#plainExp}
   * with r = x + n·ln 2, whose sign the polynomial turns.
   */
  private static FloatVector plainExpOfNegated(FloatVector x) {
    var shifted = x.fma(SIGMOID_0, ROUND_OFF);
    var n = shifted.sub(ROUND_OFF);
    var r = n.fma(SIGMOID_1, x);
    r = n.fma(SIGMOID_2, r);
    var square = r.mul(r);
    var p = square.fma(SIGMOID_3, r.fma(SIGMOID_4, SIGMOID_5));
    p = p.fma(square, r.fma(SIGMOID_6, SIGMOID_7));
    return ONE.sub(p.fma(square, r))
        .reinterpretAsInts()
        .add(shifted.reinterpretAsInts().lanewise(LSHL, 23))
        .reinterpretAsFloats();
  }

  /** Scalar twin of {@link #sigmoid(FloatVector)}. */
  public static float sigmoid(float x) {
    return 1f / onePlusExpOfNegated(x);
  }

  /** Scalar twin of {@link #silu(FloatVector)}. */
  public static float silu(float x) {
    return x / onePlusExpOfNegated(x);
  }

  private static float onePlusExpOfNegated(float x) {
    if (x > SIGMOID_LIMIT) {
      return 1f;
    }
    if (!(x >= -VectorMath.EXP_HIGH)) {
      return -x * INF + 1f;
    }
    float shifted = Math.fma(x, -LOG2_E, ROUND);
    float n = shifted - ROUND;
    float r = Math.fma(n, LN2_HIGH, x);
    r = Math.fma(n, LN2_LOW, r);
    float square = r * r;
    float p =
        Math.fma(
            Math.fma(square, -0.0013814464f, Math.fma(r, 0.008368781f, -0.041668393f)),
            square,
            Math.fma(r, 0.1666652f, -0.49999994f));
    p = 1f - Math.fma(p, square, r);
    return Float.intBitsToFloat(
            Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23))
        + 1f;
  }

  /**
   * Hyperbolic tangent within 2 ulp: x + x³·P(x²) near 0, beyond it N / (N + 2) with N = e²ˣ − 1,
   * which is 2ⁿ·(e²ʳ − 1) + (2ⁿ − 1).
   */
  public static FloatVector tanh(FloatVector x) {
    var size = x.abs();
    // from 10 on the result is 1; NaN takes the branch of what is large
    return tanh(x, size, size.blend(10f, size.compare(GT, 10f)));
  }

  /** {@link #tanh(FloatVector)} up to {@link #TANH_LIMIT}. */
  static FloatVector plainTanh(FloatVector x) {
    var size = x.abs();
    return tanh(x, size, size);
  }

  private static FloatVector tanh(FloatVector x, FloatVector size, FloatVector a) {
    var shifted = a.fma(TANH_0, ROUND_OFF);
    var r = shifted.sub(ROUND_OFF).fma(TANH_1, a);
    var square = r.mul(r);
    var q = square.fma(TANH_2, r.fma(TANH_3, TANH_4)).fma(square, r.fma(TANH_5, TANH_6));
    q = q.fma(square, r.add(r));
    var power =
        shifted
            .reinterpretAsInts()
            .lanewise(LSHL, 23)
            .add(ONE.reinterpretAsInts())
            .reinterpretAsFloats();
    var above = power.fma(q, power.sub(ONE));
    var large = above.div(above.add(TWO)).reinterpretAsInts();
    var sign = x.reinterpretAsInts().and(SIGN);
    var z = x.mul(x);
    var p = z.fma(TANH_7, TANH_8).fma(z, TANH_9);
    return large
        .or(sign)
        .reinterpretAsFloats()
        .blend(p.mul(z).fma(x, x), size.compare(LT, TANH_10));
  }

  /** Scalar twin of {@link #tanh(FloatVector)}. */
  public static float tanh(float x) {
    float size = Math.abs(x);
    if (size < TANH_SMALL) {
      float z = x * x;
      float p = Math.fma(Math.fma(z, -0.05036631f, 0.13314833f), z, -0.3333306f);
      return Math.fma(p * z, x, x);
    }
    float a = size > 10f ? 10f : size;
    float shifted = Math.fma(a, 2.88539f, ROUND);
    float r = Math.fma(shifted - ROUND, -0.3465736f, a);
    float square = r * r;
    float q =
        Math.fma(
            Math.fma(square, 0.08922982f, Math.fma(r, 0.26780325f, 0.66666216f)),
            square,
            Math.fma(r, 1.3333216f, 2f));
    q = Math.fma(q, square, r + r);
    float power =
        Float.intBitsToFloat(
            (Float.floatToRawIntBits(shifted) << 23) + Float.floatToRawIntBits(1f));
    float above = Math.fma(power, q, power - 1f);
    return Math.copySign(above / (above + 2f), x);
  }

  /**
   * x·Φ(x), Φ the normal distribution: Φ(−a) = ½·2^Q(a) up to {@link #GELU_LIMIT}, from where on it
   * is 0, and Φ(a) = 1 − Φ(−a). Within 3.5 ulp above 0, and within 1e-7 of what it should be below.
   * NaN for −∞, as in PyTorch. Q is evaluated in pairs rather than coefficient by coefficient, so
   * that the processor need not wait for one long chain.
   */
  public static FloatVector gelu(FloatVector x) {
    var a = x.abs();
    var p = upperTail(a).blend(0f, a.compare(GT, GELU_LIMIT));
    return x.mul(ONE.sub(p).blend(p, x.compare(LT, ZERO)));
  }

  /** {@link #gelu(FloatVector)} up to {@link #GELU_LIMIT}. */
  static FloatVector plainGelu(FloatVector x) {
    var p = upperTail(x.abs());
    return x.mul(ONE.sub(p).blend(p, x.compare(LT, ZERO)));
  }

  /** Φ(−a). */
  private static FloatVector upperTail(FloatVector a) {
    var a2 = a.mul(a);
    var low = a.fma(GELU_3, GELU_2).fma(a2, a.mul(GELU_1));
    var high = a2.fma(GELU_8, a.fma(GELU_7, GELU_6)).fma(a2, a.fma(GELU_5, GELU_4));
    var q = high.fma(a2.mul(a2), low);
    var shifted = q.add(ROUND_OFF);
    var r = q.sub(shifted.sub(ROUND_OFF));
    var square = r.mul(r);
    var p = r.fma(GELU_9, GELU_10).fma(square, r.fma(GELU_11, GELU_12));
    p = p.fma(square, r.fma(GELU_13, GELU_0));
    return p.reinterpretAsInts()
        .add(shifted.reinterpretAsInts().lanewise(LSHL, 23))
        .reinterpretAsFloats();
  }

  /** Scalar twin of {@link #gelu(FloatVector)}. */
  public static float gelu(float x) {
    float a = Math.abs(x);
    if (!(a <= GELU_LIMIT)) {
      return x * (x < 0f ? 0f : 1f);
    }
    float a2 = a * a;
    float low = Math.fma(Math.fma(a, -0.052518755f, -0.459203f), a2, a * -1.1511055f);
    float high =
        Math.fma(
            Math.fma(a2, -2.4342353e-6f, Math.fma(a, 3.4988905e-5f, -1.6753447e-4f)),
            a2,
            Math.fma(a, -1.759588e-4f, 0.007105615f));
    float q = Math.fma(high, a2 * a2, low);
    float shifted = q + ROUND;
    float r = q - (shifted - ROUND);
    float square = r * r;
    float p =
        Math.fma(
            Math.fma(r, 6.6323637e-4f, 0.0048357565f),
            square,
            Math.fma(r, 0.027753668f, 0.12011121f));
    p = Math.fma(p, square, Math.fma(r, 0.3465735f, 0.5f));
    p = Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
    return x * (x < 0f ? p : 1f - p);
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
    var large = ONE.sub(VectorMath.plainExp(q)).reinterpretAsInts().or(sign).reinterpretAsFloats();
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
    return Math.copySign(1f - VectorMath.exp(q), x);
  }
}
