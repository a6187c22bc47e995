package dev.jebena.kernel.cpu;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;

/** What activation functions and their slopes are made of. */
final class VectorActivations {
  private static final FloatVector HALF = all(0.5f);
  private static final FloatVector MINUS_HALF = all(-0.5f);

  /** 1/√(2π). */
  private static final FloatVector PEAK = all(0.3989423f);

  /** 2·√(2/π), and 0.044715 and three times 0.044715 of it. */
  private static final FloatVector BEND_1 = all(1.5957692f);

  private static final FloatVector BEND_3 = all(0.071354814f);
  private static final FloatVector BEND_SLOPE_3 = all(0.21406445f);

  static final FloatVector QUICK = all(1.702f);

  private VectorActivations() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(Lanes.F32, value);
  }

  /** max(z, 0); NaN stays NaN. Compare and blend, since a maximum of floats takes six. */
  static FloatVector positive(FloatVector z) {
    return z.blend(0f, z.compare(LE, 0f));
  }

  /** {@code value} where z is positive, 0 elsewhere. */
  static FloatVector step(FloatVector z, FloatVector value) {
    return FloatVector.zero(Lanes.F32).blend(value, z.compare(GT, 0f));
  }

  /** Φ(z), the share of a normal distribution below z, from {@code erf(z·√½)}. */
  static FloatVector normal(FloatVector error) {
    return error.fma(HALF, HALF);
  }

  /** φ(z), the slope of Φ. */
  static FloatVector normalDensity(FloatVector z) {
    return VectorMath.exp(z.mul(z).mul(MINUS_HALF)).mul(PEAK);
  }

  /** ½·(1 + tanh u) = σ(2u) with {@code 2u = 2·√(2/π)·(z + 0.044715·z³)}, which stands for Φ(z). */
  static FloatVector bentSigmoid(FloatVector z) {
    return VectorSigmoids.sigmoid(z.mul(z.mul(z).fma(BEND_3, BEND_1)));
  }

  /** σ(1.702·z), which stands for Φ(z) more roughly. */
  static FloatVector quickSigmoid(FloatVector z) {
    return VectorSigmoids.sigmoid(z.mul(QUICK));
  }

  /** The slope of 2u. */
  static FloatVector bendSlope(FloatVector z) {
    return z.mul(z).fma(BEND_SLOPE_3, BEND_1);
  }
}
