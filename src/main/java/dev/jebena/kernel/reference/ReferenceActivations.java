package dev.jebena.kernel.reference;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ActivationKernel;

/** Activation functions, their slopes, and gates made of them, element by element. */
final class ReferenceActivations implements ActivationKernel {
  private static final double SQRT_HALF = StrictMath.sqrt(0.5);
  private static final double SQRT_TWO_PI = StrictMath.sqrt(2 * StrictMath.PI);
  private static final double SQRT_TWO_OVER_PI = StrictMath.sqrt(2 / StrictMath.PI);
  private static final double CUBE = 0.044715;
  private static final double QUICK = 1.702;

  /** f(x). */
  static double value(Activation f, double x) {
    return switch (f) {
      case IDENTITY -> x;
      case SIGMOID -> Scalars.sigmoid(x);
      case RELU -> Math.max(x, 0);
      case RELU_SQUARED -> Math.max(x, 0) * Math.max(x, 0);
      case SILU -> x * Scalars.sigmoid(x);
      case GELU -> x * normal(x);
      case GELU_TANH -> x * Scalars.sigmoid(2 * bend(x));
      case QUICK_GELU -> x * Scalars.sigmoid(QUICK * x);
    };
  }

  /** f′(x). */
  static double slope(Activation f, double x) {
    double s = Scalars.sigmoid(x);
    return switch (f) {
      case IDENTITY -> 1;
      case SIGMOID -> s * (1 - s);
      case RELU -> x > 0 ? 1 : 0;
      case RELU_SQUARED -> 2 * Math.max(x, 0);
      case SILU -> s * (1 + x * (1 - s));
      case GELU -> normal(x) + x * StrictMath.exp(-x * x / 2) / SQRT_TWO_PI;
      case GELU_TANH -> {
        double t = Scalars.sigmoid(2 * bend(x));
        double rise = 2 * SQRT_TWO_OVER_PI * (1 + 3 * CUBE * x * x);
        yield t + x * t * (1 - t) * rise;
      }
      case QUICK_GELU -> {
        double t = Scalars.sigmoid(QUICK * x);
        yield t + x * t * (1 - t) * QUICK;
      }
    };
  }

  /** Φ, the share of a normal distribution below x. */
  private static double normal(double x) {
    return 0.5 * SpecialFunctions.erfc(-x * SQRT_HALF);
  }

  private static double bend(double x) {
    return SQRT_TWO_OVER_PI * (x + CUBE * x * x * x);
  }

  @Override
  public void forward(Activation f, Operand xOperand, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(out.shape(), at -> out.set(value(f, x.real(at)), at));
  }

  @Override
  public void backward(Activation f, Operand xOperand, Operand gyOperand, Operand gxOperand) {
    var x = Elements.of(xOperand);
    var gy = Elements.of(gyOperand);
    var gx = Elements.of(gxOperand);
    Coordinates.forEach(gx.shape(), at -> gx.set(gy.real(at) * slope(f, x.real(at)), at));
  }

  @Override
  public void gatedForward(
      Activation f, Operand gateOperand, Operand upOperand, Operand outOperand) {
    var gate = Elements.of(gateOperand);
    var up = Elements.of(upOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(out.shape(), at -> out.set(value(f, gate.real(at)) * up.real(at), at));
  }

  @Override
  public void gatedBackward(
      Activation f,
      Operand gateOperand,
      Operand upOperand,
      Operand gyOperand,
      Operand gGateOperand,
      Operand gUpOperand) {
    var gate = Elements.of(gateOperand);
    var up = Elements.of(upOperand);
    var gy = Elements.of(gyOperand);
    var gGate = Elements.of(gGateOperand);
    var gUp = Elements.of(gUpOperand);
    Coordinates.forEach(
        gate.shape(),
        at -> {
          double z = gate.real(at);
          double g = gy.real(at);
          gUp.set(g * value(f, z), at);
          gGate.set(g * up.real(at) * slope(f, z), at);
        });
  }
}
