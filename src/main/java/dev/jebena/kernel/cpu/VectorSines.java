package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.VectorMath.ROUND;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;

/** Sine and cosine of f32, in the manner of {@link VectorMath}. */
public final class VectorSines {
  /**
   * Largest magnitude whose multiple of π/2 has at most 16 bits, so that removing it with a π/2 of
   * three floats is exact to the last bit that matters.
   */
  static final float SINE_LIMIT = 65536f;

  private static final float TWO_OVER_PI = 0.63661975f;
  static final float HALF_PI_1 = 1.5707964f;
  static final float HALF_PI_2 = -4.371139e-8f;
  private static final float HALF_PI_3 = -1.7151245e-15f;

  private static final FloatVector ONE = VectorMath.ONE;
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

  private VectorSines() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(F32, value);
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
