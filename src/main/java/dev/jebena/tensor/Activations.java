package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.BinaryOp;

/**
 * Activation functions, each with its gradient rule; a corner has the slope that PyTorch gives it.
 */
final class Activations {
  /** Fixed points of the self-normalising network (Klambauer et al., 2017). */
  private static final double SELU_ALPHA = 1.6732632423543772;

  private static final double SELU_SCALE = 1.0507009873554805;
  private static final double SQRT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double QUICK = 1.702;
  private static final double GELU_CUBE = 0.044715;

  private Activations() {}

  /** ln σ(x) = −softplus(−x). */
  static Tensor logSigmoid(Tensor x) {
    Elementwise.requireNumbers("logSigmoid", x);
    return x.neg().softplus().neg();
  }

  /** ln(1 + e^βx) / β. */
  static Tensor softplus(Tensor x, double beta) {
    if (!(beta > 0)) {
      throw new IllegalArgumentException("softplus: beta " + beta + " is not positive");
    }
    return Functions.inSingle(x, t -> t.mul(beta).softplus().div(beta));
  }

  /** x, or α(eˣ − 1) where that is not positive. */
  static Tensor elu(Tensor x, double alpha) {
    return exponentialLinear("elu", x, alpha, 1);
  }

  static Tensor selu(Tensor x) {
    return exponentialLinear("selu", x, SELU_ALPHA, SELU_SCALE);
  }

  private static Tensor exponentialLinear(String name, Tensor x, double alpha, double scale) {
    return Functions.inSingle(
        x,
        t -> {
          var d = t.detach();
          var positive = d.gt(0);
          var bent = d.expm1().mul(alpha * scale);
          return Tape.record(
              name,
              Tensor.where(positive, d.mul(scale), bent),
              g -> {
                // without the positive part, whose exponential may be infinite
                var slope = t.maskedFill(positive, 0).exp().mul(alpha * scale);
                return gradients(g.mul(slope.maskedFill(positive, scale)));
              },
              t);
        });
  }

  static Tensor leakyRelu(Tensor x, double slope) {
    Elementwise.requireNumbers("leakyRelu", x);
    var t = Functions.floats(x);
    var d = t.detach();
    var positive = d.gt(0);
    return Tape.record(
        "leakyRelu",
        Tensor.where(positive, d, d.mul(slope)),
        g -> gradients(Tensor.where(positive, g, g.mul(slope))),
        t);
  }

  /** x cut to [low, high]; the slope is 0 at both corners. */
  static Tensor hardtanh(String name, Tensor x, double low, double high) {
    if (!(low < high)) {
      throw new IllegalArgumentException(name + ": low " + low + " is not below high " + high);
    }
    Elementwise.requireNumbers(name, x);
    var d = x.detach();
    var cut =
        Dispatch.scalar(BinaryOp.MIN, Dispatch.scalar(BinaryOp.MAX, d, low, false), high, false);
    return Tape.record(
        name, cut, g -> gradients(g.maskedFill(d.gt(low).and(d.lt(high)).not(), 0)), x);
  }

  /** relu6(x + 3) / 6. */
  static Tensor hardSigmoid(Tensor x) {
    return Functions.inSingle(x, t -> hardtanh("hardSigmoid", t.add(3), 0, 6).div(6));
  }

  /** x · relu6(x + 3) / 6. */
  static Tensor hardSwish(Tensor x) {
    return Functions.inSingle(
        x,
        t -> {
          var d = t.detach();
          return Tape.record(
              "hardSwish",
              d.mul(d.add(3).clamp(0, 6)).div(6),
              g -> {
                var bent = t.div(3).add(0.5).maskedFill(d.le(-3), 0).maskedFill(d.ge(3), 1);
                return gradients(g.mul(bent));
              },
              t);
        });
  }

  /** x · tanh(softplus(x)). */
  static Tensor mish(Tensor x) {
    return Functions.inSingle(
        x,
        t -> {
          var d = t.detach();
          return Tape.record(
              "mish",
              d.mul(d.softplus().tanh()),
              g -> {
                var w = t.softplus().tanh();
                var rise = t.mul(t.sigmoid()).mul(w.square().subtractFrom(1));
                return gradients(g.mul(w.add(rise)));
              },
              t);
        });
  }

  /** ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
  static Tensor geluTanh(Tensor x) {
    return Functions.inSingle(
        x,
        t -> {
          var d = t.detach();
          return Tape.record(
              "geluTanh",
              FusedActivations.value(
                  Activation.GELU_TANH, d, () -> bend(d).tanh().add(1).mul(d).mul(0.5)),
              g ->
                  gradients(
                      FusedActivations.gradient(
                          Activation.GELU_TANH, t, g, () -> g.mul(geluTanhSlope(t)))),
              t);
        });
  }

  private static Tensor geluTanhSlope(Tensor x) {
    var w = bend(x).tanh();
    var inner = x.square().mul(3 * GELU_CUBE).add(1).mul(SQRT_TWO_OVER_PI);
    var rise = w.square().subtractFrom(1).mul(x).mul(inner);
    return w.add(1).add(rise).mul(0.5);
  }

  private static Tensor bend(Tensor x) {
    return x.square().mul(GELU_CUBE).add(1).mul(x).mul(SQRT_TWO_OVER_PI);
  }

  /** max(x, 0)². */
  static Tensor reluSquared(Tensor x) {
    return Functions.inSingle(
        x,
        t -> {
          var d = t.detach();
          return Tape.record(
              "reluSquared",
              FusedActivations.value(Activation.RELU_SQUARED, d, () -> d.relu().square()),
              g ->
                  gradients(
                      FusedActivations.gradient(
                          Activation.RELU_SQUARED, t, g, () -> g.mul(t.relu().mul(2)))),
              t);
        });
  }

  /** The function that an opcode names. */
  static Tensor activate(Tensor x, Activation f) {
    return switch (f) {
      case IDENTITY -> x;
      case SIGMOID -> x.sigmoid();
      case RELU -> x.relu();
      case RELU_SQUARED -> x.reluSquared();
      case SILU -> x.silu();
      case GELU -> x.gelu();
      case GELU_TANH -> x.geluTanh();
      case QUICK_GELU -> x.mul(x.mul(QUICK).sigmoid());
    };
  }

  /** x / (1 + |x|). */
  static Tensor softsign(Tensor x) {
    return Functions.inSingle(
        x,
        t -> {
          var d = t.detach();
          return Tape.record(
              "softsign", d.div(d.abs().add(1)), g -> gradients(g.div(t.abs().add(1).square())), t);
        });
  }
}
