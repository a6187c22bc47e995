package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;

/**
 * Element-wise operations, each with its gradient rule. Broadcasting is done before, by {@link
 * Tensor#expand}, whose own rule sums the gradient back over the axes that repeated.
 */
final class Elementwise {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
  private static final double INV_SQRT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

  private Elementwise() {}

  /** Two operands brought to one device, type and shape. */
  record Pair(Tensor a, Tensor b) {
    static Pair of(String operation, Tensor a, Tensor b) {
      Dispatch.common(operation, a, b);
      var shape = Shape.broadcast(operation, a.shape(), b.shape());
      var dtype = DType.promote(a.dtype(), b.dtype());
      return new Pair(a.to(dtype).expand(shape), b.to(dtype).expand(shape));
    }
  }

  // ---------------------------------------------------------------- arithmetic

  static Tensor add(Tensor x, Tensor y) {
    var p = Pair.of("add", x, y);
    requireNumbers("add", p.a);
    return Tape.record(
        "add", Dispatch.binary(BinaryOp.ADD, p.a, p.b), g -> gradients(g, g), p.a, p.b);
  }

  static Tensor sub(Tensor x, Tensor y) {
    var p = Pair.of("sub", x, y);
    requireNumbers("sub", p.a);
    return Tape.record(
        "sub",
        Dispatch.binary(BinaryOp.SUB, p.a, p.b),
        g -> gradients(g, p.b.requiresGrad() ? g.neg() : null),
        p.a,
        p.b);
  }

  static Tensor mul(Tensor x, Tensor y) {
    var p = Pair.of("mul", x, y);
    requireNumbers("mul", p.a);
    return Tape.record(
        "mul",
        Dispatch.binary(BinaryOp.MUL, p.a, p.b),
        g ->
            gradients(
                p.a.requiresGrad() ? g.mul(p.b) : null, p.b.requiresGrad() ? g.mul(p.a) : null),
        p.a,
        p.b);
  }

  static Tensor div(Tensor x, Tensor y) {
    var p = Pair.of("div", x, y);
    requireNumbers("div", p.a);
    return Tape.record(
        "div",
        Dispatch.binary(BinaryOp.DIV, p.a, p.b),
        g ->
            gradients(
                p.a.requiresGrad() ? g.div(p.b) : null,
                p.b.requiresGrad() ? g.mul(p.a).div(p.b.square()).neg() : null),
        p.a,
        p.b);
  }

  static Tensor pow(Tensor x, Tensor y) {
    var p = Pair.of("pow", x, y);
    requireNumbers("pow", p.a);
    return Tape.record(
        "pow",
        Dispatch.binary(BinaryOp.POW, p.a, p.b),
        g -> {
          // d/da = b·a^(b−1), 0 where b = 0; d/db = a^b·log(a), 0 where a = 0 and b ≥ 0
          var exponentIsZero = p.b.eq(0);
          var da =
              p.a.requiresGrad()
                  ? g.mul(p.b).mul(p.a.pow(p.b.sub(1))).maskedFill(exponentIsZero, 0)
                  : null;
          var db =
              p.b.requiresGrad()
                  ? g.mul(p.a.pow(p.b)).mul(p.a.log()).maskedFill(p.a.eq(0).and(p.b.ge(0)), 0)
                  : null;
          return gradients(da, db);
        },
        p.a,
        p.b);
  }

  static Tensor maximum(Tensor x, Tensor y) {
    return extremum("maximum", BinaryOp.MAX, BinaryOp.GT, x, y);
  }

  static Tensor minimum(Tensor x, Tensor y) {
    return extremum("minimum", BinaryOp.MIN, BinaryOp.LT, x, y);
  }

  private static Tensor extremum(String name, BinaryOp op, BinaryOp wins, Tensor x, Tensor y) {
    var p = Pair.of(name, x, y);
    requireNumbers(name, p.a);
    return Tape.record(
        name,
        Dispatch.binary(op, p.a, p.b),
        g -> {
          // the winner takes the gradient; equals share it
          var half = p.a.detach().eq(p.b.detach()).to(g.dtype()).mul(0.5);
          var a = Dispatch.binary(wins, p.a, p.b).to(g.dtype()).add(half);
          return gradients(g.mul(a), g.mul(a.neg().add(1)));
        },
        p.a,
        p.b);
  }

  // ---------------------------------------------------------------- with a number

  static Tensor add(Tensor x, double s) {
    var t = forScalar("add", x, s);
    return Tape.record("add", Dispatch.scalar(BinaryOp.ADD, t, s, false), g -> gradients(g), t);
  }

  static Tensor sub(Tensor x, double s) {
    var t = forScalar("sub", x, s);
    return Tape.record("sub", Dispatch.scalar(BinaryOp.SUB, t, s, false), g -> gradients(g), t);
  }

  /** {@code s − x}. */
  static Tensor subtractFrom(double s, Tensor x) {
    var t = forScalar("sub", x, s);
    return Tape.record(
        "sub", Dispatch.scalar(BinaryOp.SUB, t, s, true), g -> gradients(g.neg()), t);
  }

  static Tensor mul(Tensor x, double s) {
    var t = forScalar("mul", x, s);
    return Tape.record(
        "mul", Dispatch.scalar(BinaryOp.MUL, t, s, false), g -> gradients(g.mul(s)), t);
  }

  static Tensor div(Tensor x, double s) {
    var t = forScalar("div", x, s);
    return Tape.record(
        "div", Dispatch.scalar(BinaryOp.DIV, t, s, false), g -> gradients(g.div(s)), t);
  }

  static Tensor pow(Tensor x, double s) {
    var t = forScalar("pow", x, s);
    return Tape.record(
        "pow",
        Dispatch.scalar(BinaryOp.POW, t, s, false),
        g -> gradients(s == 0 ? g.mul(0) : g.mul(t.pow(s - 1)).mul(s)),
        t);
  }

  static Tensor clamp(Tensor input, double low, double high) {
    if (low > high) {
      throw new IllegalArgumentException("clamp: low " + low + " is above high " + high);
    }
    var x = forScalar("clamp", forScalar("clamp", input, low), high);
    var cut =
        Dispatch.scalar(BinaryOp.MIN, Dispatch.scalar(BinaryOp.MAX, x, low, false), high, false);
    return Tape.record(
        "clamp",
        cut,
        g -> {
          var inside = x.detach().ge(low).and(x.detach().le(high));
          return gradients(g.maskedFill(inside.not(), 0));
        },
        x);
  }

  /** Integers stay integers for whole numbers and become f32 for others, as in PyTorch. */
  static Tensor forScalar(String operation, Tensor x, double s) {
    requireNumbers(operation, x);
    return x.dtype().isInteger() && s != Math.rint(s) ? x.to(DType.F32) : x;
  }

  // ---------------------------------------------------------------- comparisons

  static Tensor compare(String name, BinaryOp op, Tensor x, Tensor y) {
    var p = Pair.of(name, x.detach(), y.detach());
    return Dispatch.binary(op, p.a, p.b);
  }

  static Tensor compare(BinaryOp op, Tensor x, double s) {
    // a fraction would be cut where integers are compared
    boolean fraction = x.dtype().isInteger() && s != Math.rint(s);
    return Dispatch.scalar(op, fraction ? x.detach().to(DType.F64) : x, s, false);
  }

  static Tensor logical(String name, BinaryOp op, Tensor x, Tensor y) {
    Dispatch.requireBool(name, x);
    Dispatch.requireBool(name, y);
    var p = Pair.of(name, x, y);
    return Dispatch.binary(op, p.a, p.b);
  }

  static Tensor test(UnaryOp op, Tensor x) {
    return Dispatch.unary(op, x);
  }

  static Tensor not(Tensor x) {
    Dispatch.requireBool("not", x);
    return Dispatch.unary(UnaryOp.NOT, x);
  }

  static Tensor where(Tensor condition, Tensor x, Tensor y) {
    Dispatch.requireBool("where", condition);
    Dispatch.common("where", condition, x, y);
    var p = Pair.of("where", x, y);
    var shape = Shape.broadcast("where", condition.shape(), p.a.shape());
    var c = condition.expand(shape);
    var a = p.a.expand(shape);
    var b = p.b.expand(shape);
    return Tape.record(
        "where",
        Dispatch.where(c, a, b),
        g ->
            gradients(
                a.requiresGrad() ? g.maskedFill(c.not(), 0) : null,
                b.requiresGrad() ? g.maskedFill(c, 0) : null),
        a,
        b);
  }

  static Tensor maskedFill(Tensor x, Tensor mask, double value) {
    Dispatch.requireBool("maskedFill", mask);
    var shape = Shape.broadcast("maskedFill", mask.shape(), x.shape());
    if (!shape.equals(x.shape())) {
      throw new dev.jebena.memory.ShapeException(
          "maskedFill: a mask of shape " + mask.shape() + " does not broadcast to " + x.shape());
    }
    var m = mask.expand(shape);
    var filled = Dispatch.fill(Dispatch.empty(x.device(), x.dtype(), Shape.of()), value);
    return Tape.record(
        "maskedFill",
        Dispatch.where(m, filled.expand(shape), x),
        g -> gradients(g.maskedFill(m, 0)),
        x);
  }

  // ---------------------------------------------------------------- functions

  static Tensor neg(Tensor x) {
    requireNumbers("neg", x);
    return Tape.record("neg", Dispatch.unary(UnaryOp.NEG, x), g -> gradients(g.neg()), x);
  }

  static Tensor abs(Tensor x) {
    requireNumbers("abs", x);
    return Tape.record(
        "abs", Dispatch.unary(UnaryOp.ABS, x), g -> gradients(g.mul(x.detach().sign())), x);
  }

  /** Piecewise constant: its gradient is 0. */
  static Tensor sign(Tensor x) {
    requireNumbers("sign", x);
    return Tape.record("sign", Dispatch.unary(UnaryOp.SIGN, x), g -> gradients(g.mul(0)), x);
  }

  static Tensor square(Tensor x) {
    requireNumbers("square", x);
    return Tape.record(
        "square", Dispatch.unary(UnaryOp.SQUARE, x), g -> gradients(g.mul(x).mul(2)), x);
  }

  static Tensor reciprocal(Tensor x) {
    var t = floats(x);
    return withOutput(
        "reciprocal", t, Dispatch.unary(UnaryOp.RECIPROCAL, t), (g, y) -> g.mul(y.square()).neg());
  }

  static Tensor sqrt(Tensor x) {
    var t = floats(x);
    return withOutput("sqrt", t, Dispatch.unary(UnaryOp.SQRT, t), (g, y) -> g.div(y.mul(2)));
  }

  static Tensor rsqrt(Tensor x) {
    var t = floats(x);
    return withOutput(
        "rsqrt", t, Dispatch.unary(UnaryOp.RSQRT, t), (g, y) -> g.mul(y.square().mul(y)).mul(-0.5));
  }

  static Tensor exp(Tensor x) {
    var t = floats(x);
    return withOutput("exp", t, Dispatch.unary(UnaryOp.EXP, t), (g, y) -> g.mul(y));
  }

  static Tensor log(Tensor x) {
    var t = floats(x);
    return Tape.record("log", Dispatch.unary(UnaryOp.LOG, t), g -> gradients(g.div(t)), t);
  }

  static Tensor sin(Tensor x) {
    var t = floats(x);
    return Tape.record("sin", Dispatch.unary(UnaryOp.SIN, t), g -> gradients(g.mul(t.cos())), t);
  }

  static Tensor cos(Tensor x) {
    var t = floats(x);
    return Tape.record(
        "cos", Dispatch.unary(UnaryOp.COS, t), g -> gradients(g.mul(t.sin()).neg()), t);
  }

  static Tensor tanh(Tensor x) {
    var t = floats(x);
    return withOutput(
        "tanh", t, Dispatch.unary(UnaryOp.TANH, t), (g, y) -> g.mul(y.square().neg().add(1)));
  }

  static Tensor sigmoid(Tensor x) {
    var t = floats(x);
    return withOutput(
        "sigmoid", t, Dispatch.unary(UnaryOp.SIGMOID, t), (g, y) -> g.mul(y).mul(y.neg().add(1)));
  }

  static Tensor erf(Tensor x) {
    var t = floats(x);
    return Tape.record(
        "erf",
        Dispatch.unary(UnaryOp.ERF, t),
        g -> gradients(g.mul(t.square().neg().exp()).mul(TWO_OVER_SQRT_PI)),
        t);
  }

  static Tensor relu(Tensor x) {
    requireNumbers("relu", x);
    // the result is positive where the operand is, and is kept anyway by what comes next
    return withOutput(
        "relu",
        x,
        Dispatch.unary(UnaryOp.RELU, x),
        (g, y) ->
            FusedActivations.gradient(
                Activation.RELU, y.detach(), g, () -> g.maskedFill(y.detach().le(0), 0)));
  }

  /** x·Φ(x); the derivative is Φ(x) + x·φ(x). */
  static Tensor gelu(Tensor x) {
    var t = floats(x);
    return Tape.record(
        "gelu",
        Dispatch.unary(UnaryOp.GELU, t),
        g -> gradients(FusedActivations.gradient(Activation.GELU, t, g, () -> g.mul(geluSlope(t)))),
        t);
  }

  private static Tensor geluSlope(Tensor x) {
    var cdf = x.mul(Math.sqrt(0.5)).erf().add(1).mul(0.5);
    var pdf = x.square().mul(-0.5).exp().mul(INV_SQRT_TWO_PI);
    return cdf.add(x.mul(pdf));
  }

  /** x·σ(x); the derivative is σ(x)·(1 + x·(1 − σ(x))). */
  static Tensor silu(Tensor x) {
    var t = floats(x);
    return Tape.record(
        "silu",
        Dispatch.unary(UnaryOp.SILU, t),
        g ->
            gradients(
                FusedActivations.gradient(
                    Activation.SILU,
                    t,
                    g,
                    () -> {
                      var s = t.sigmoid();
                      return g.mul(s).mul(t.mul(s.neg().add(1)).add(1));
                    })),
        t);
  }

  /** Rounding of any kind: piecewise constant, its gradient is 0. */
  static Tensor rounded(String name, UnaryOp op, Tensor x) {
    requireNumbers(name, x);
    return Tape.record(name, Dispatch.unary(op, x), g -> gradients(g.mul(0)), x);
  }

  /** A gradient rule that reads the output. */
  @FunctionalInterface
  private interface OutputRule {
    Tensor apply(Tensor gradient, Tensor output);
  }

  private static Tensor withOutput(String name, Tensor x, Tensor y, OutputRule rule) {
    return Tape.record(name, y, g -> gradients(rule.apply(g, y)), x);
  }

  private static Tensor floats(Tensor x) {
    return x.dtype().isFloat() ? x : x.to(DType.F32);
  }

  static void requireNumbers(String operation, Tensor x) {
    if (x.dtype() == DType.BOOL) {
      throw new DTypeException(
          operation
              + ": bool tensors have no arithmetic; convert with to(DType.F32) or to(DType.I64)");
    }
  }
}
