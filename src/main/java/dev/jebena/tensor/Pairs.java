package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import java.util.function.BinaryOperator;

/** Element-wise operations of two and three operands beyond arithmetic, with gradient rules. */
final class Pairs {
  private Pairs() {}

  /** Two floating operands of one device, type and shape. */
  private record Floats(Tensor a, Tensor b) {
    static Floats of(String operation, Tensor x, Tensor y) {
      var p = Elementwise.Pair.of(operation, x, y);
      Elementwise.requireNumbers(operation, p.a());
      return new Floats(Functions.floats(p.a()), Functions.floats(p.b()));
    }

    /** Several steps in f32 at least, rounded once. */
    Tensor inSingle(BinaryOperator<Tensor> steps) {
      var dtype = a.dtype();
      return dtype == DType.F64
          ? steps.apply(a, b)
          : steps.apply(a.to(DType.F32), b.to(DType.F32)).to(dtype);
    }
  }

  static Tensor atan2(Tensor y, Tensor x) {
    var p = Floats.of("atan2", y, x);
    return Tape.record(
        "atan2",
        Dispatch.binary(BinaryOp.ATAN2, p.a, p.b),
        g ->
            gradients(
                p.inSingle((a, b) -> g.mul(b).div(squaredRadius(a, b))),
                p.inSingle((a, b) -> g.mul(a).div(squaredRadius(a, b)).neg())),
        p.a,
        p.b);
  }

  /** With 1 in the place of 0, so that the angle of the origin, which has no slope, gets 0. */
  private static Tensor squaredRadius(Tensor y, Tensor x) {
    var squares = y.square().add(x.square());
    return squares.maskedFill(squares.detach().eq(0), 1);
  }

  static Tensor hypot(Tensor x, Tensor y) {
    var p = Floats.of("hypot", x, y);
    return Tape.record(
        "hypot",
        Dispatch.binary(BinaryOp.HYPOT, p.a, p.b),
        g ->
            gradients(
                p.inSingle((a, b) -> g.mul(a.div(hypot(a, b)))),
                p.inSingle((a, b) -> g.mul(b.div(hypot(a, b))))),
        p.a,
        p.b);
  }

  /** The gradient of a goes through where the signs agree, turns where they differ. */
  static Tensor copySign(Tensor x, Tensor y) {
    var p = Floats.of("copySign", x, y);
    var a = p.a.detach();
    var out = Dispatch.binary(BinaryOp.COPY_SIGN, a, p.b.detach());
    return Tape.record(
        "copySign",
        out,
        g -> {
          var turned = Tensor.where(a.signBit().eq(out.detach().signBit()), g, g.neg());
          return gradients(turned.maskedFill(a.eq(0), 0), p.b.requiresGrad() ? g.mul(0) : null);
        },
        p.a,
        p.b);
  }

  /** a − b·trunc(a/b); the gradient of b is that quotient. */
  static Tensor fmod(Tensor x, Tensor y) {
    return left("fmod", BinaryOp.FMOD, x, y, (a, b) -> a.div(b).trunc());
  }

  /** a − b·⌊a/b⌋, which has the sign of b as in Python; the gradient of b is that quotient. */
  static Tensor remainder(Tensor x, Tensor y) {
    return left("remainder", BinaryOp.REMAINDER, x, y, Tensor::floorDivide);
  }

  private static Tensor left(
      String name, BinaryOp op, Tensor x, Tensor y, BinaryOperator<Tensor> quotient) {
    var p = Elementwise.Pair.of(name, x, y);
    Elementwise.requireNumbers(name, p.a());
    return Tape.record(
        name,
        Dispatch.binary(op, p.a(), p.b()),
        g ->
            gradients(
                g,
                p.b().requiresGrad()
                    ? g.mul(quotient.apply(p.a().detach(), p.b().detach())).neg()
                    : null),
        p.a(),
        p.b());
  }

  /** Piecewise constant, without a gradient as in PyTorch. */
  static Tensor floorDivide(Tensor x, Tensor y) {
    var p = Elementwise.Pair.of("floorDivide", x.detach(), y.detach());
    Elementwise.requireNumbers("floorDivide", p.a());
    return Dispatch.binary(BinaryOp.FLOOR_DIV, p.a(), p.b());
  }

  /** ln(eᵃ + eᵇ): the larger one, and what the other adds to it. */
  static Tensor logAddExp(Tensor x, Tensor y) {
    var p = Floats.of("logAddExp", x, y);
    return Tape.record(
        "logAddExp",
        noGrad(p)
            .inSingle((a, b) -> {
              var top = a.maximum(b);
              var gap = a.sub(b).abs().neg();
              // ∞ − ∞ is no gap; then the larger one is the sum
              return gap.exp().log1p().maskedFill(gap.isNan().and(a.eq(b)), 0).add(top);
            }),
        g ->
            gradients(
                p.inSingle((a, b) -> g.mul(a.sub(b).sigmoid())),
                p.inSingle((a, b) -> g.mul(b.sub(a).sigmoid()))),
        p.a,
        p.b);
  }

  private static Floats noGrad(Floats p) {
    return new Floats(p.a.detach(), p.b.detach());
  }

  /** a·ln b, 0 where a is 0 whatever b unless it is NaN. */
  static Tensor xlogy(Tensor x, Tensor y) {
    var p = Floats.of("xlogy", x, y);
    var zero = p.a.detach().eq(0);
    return Tape.record(
        "xlogy",
        noGrad(p).inSingle((a, b) -> a.mul(b.log()).maskedFill(zero.and(b.isNan().not()), 0)),
        g ->
            gradients(
                p.inSingle((a, b) -> g.mul(b.log().maskedFill(zero.and(b.detach().le(0)), 0))),
                p.inSingle((a, b) -> g.mul(a).div(b))),
        p.a,
        p.b);
  }

  /** 0 below, 1 above, and the given value at 0; no gradient, as in PyTorch. */
  static Tensor heaviside(Tensor x, Tensor atZero) {
    var p = Elementwise.Pair.of("heaviside", x.detach(), atZero.detach());
    Elementwise.requireNumbers("heaviside", p.a());
    var step = Tensor.where(p.a().eq(0), p.b(), p.a().gt(0).to(p.a().dtype()));
    return p.a().dtype().isFloat() ? Tensor.where(p.a().isNan(), p.a(), step) : step;
  }

  /** a + w·(b − a), from the nearer end. */
  static Tensor lerp(Tensor x, Tensor end, Tensor weight) {
    Dispatch.common("lerp", x, end, weight);
    var p = Floats.of("lerp", x, end);
    var q = Floats.of("lerp", p.a, weight);
    var shape = q.a.shape();
    var dtype = DType.promote(p.a.dtype(), q.a.dtype());
    var a = p.a.to(dtype).expand(shape);
    var b = p.b.to(dtype).expand(shape);
    var w = q.b.to(dtype);
    return Tape.record(
        "lerp",
        new Floats(a.detach(), b.detach())
            .inSingle((from, to) -> {
              var v = w.detach().to(from.dtype());
              var gap = to.sub(from);
              var near = v.mul(gap).add(from);
              return Tensor.where(v.abs().lt(0.5), near, to.sub(gap.mul(v.subtractFrom(1))));
            }),
        g -> gradients(g.mul(w.subtractFrom(1)), g.mul(w), g.mul(b.sub(a))),
        a,
        b,
        w);
  }

  static Tensor lerp(Tensor x, Tensor end, double weight) {
    var p = Floats.of("lerp", x, end);
    return p.inSingle((a, b) ->
        Math.abs(weight) < 0.5 ? b.sub(a).mul(weight).add(a) : b.sub(b.sub(a).mul(1 - weight)));
  }

  /** x + v·a·b. */
  static Tensor addcmul(Tensor x, Tensor a, Tensor b, double value) {
    return combined("addcmul", x, a, b, (m, n) -> m.mul(n), value);
  }

  /** x + v·a/b. */
  static Tensor addcdiv(Tensor x, Tensor a, Tensor b, double value) {
    return combined("addcdiv", x, Functions.floats(a), b, (m, n) -> m.div(n), value);
  }

  private static Tensor combined(
      String name, Tensor x, Tensor a, Tensor b, BinaryOperator<Tensor> how, double value) {
    Dispatch.common(name, x, a, b);
    var p = Elementwise.Pair.of(name, a, b);
    Elementwise.requireNumbers(name, p.a());
    var dtype = DType.promote(x.dtype(), p.a().dtype());
    if (!dtype.isFloat() || dtype == DType.F64) {
      return x.add(how.apply(p.a(), p.b()).mul(value));
    }
    var term = how.apply(p.a().to(DType.F32), p.b().to(DType.F32)).mul(value);
    return x.to(DType.F32).add(term).to(dtype);
  }

  // ---------------------------------------------------------------- limits

  static Tensor clampMin(Tensor x, double low) {
    return limited("clampMin", BinaryOp.MAX, x, low);
  }

  static Tensor clampMax(Tensor x, double high) {
    return limited("clampMax", BinaryOp.MIN, x, high);
  }

  /** A value that is the limit itself takes the gradient. */
  private static Tensor limited(String name, BinaryOp op, Tensor input, double limit) {
    var x = Elementwise.forScalar(name, input, limit);
    var d = x.detach();
    return Tape.record(
        name,
        Dispatch.scalar(op, x, limit, false),
        g -> gradients(g.maskedFill(op == BinaryOp.MAX ? d.lt(limit) : d.gt(limit), 0)),
        x);
  }

  /** min(max(x, low), high): where the limits cross, high wins. */
  static Tensor clamp(Tensor x, Tensor low, Tensor high) {
    Dispatch.common("clamp", x, low, high);
    var dtype = DType.promote(DType.promote(x.dtype(), low.dtype()), high.dtype());
    var limits = Shape.broadcast("clamp", low.shape(), high.shape());
    var shape = Shape.broadcast("clamp", x.shape(), limits);
    var t = x.to(dtype).expand(shape);
    var l = low.to(dtype).expand(shape);
    var h = high.to(dtype).expand(shape);
    Elementwise.requireNumbers("clamp", t);
    var cut = Dispatch.binary(BinaryOp.MIN, Dispatch.binary(BinaryOp.MAX, t, l), h);
    return Tape.record(
        "clamp",
        cut,
        g -> {
          var d = t.detach();
          var below = d.lt(l.detach());
          var above = d.gt(h.detach());
          var crossed = l.detach().gt(h.detach());
          return gradients(
              g.maskedFill(below.or(above), 0),
              l.requiresGrad() ? g.maskedFill(below.and(crossed.not()).not(), 0) : null,
              h.requiresGrad() ? g.maskedFill(above.or(crossed).not(), 0) : null);
        },
        t,
        l,
        h);
  }

  // ---------------------------------------------------------------- bits and nearness

  static Tensor bits(String name, BinaryOp op, Tensor x, Tensor y) {
    requireBits(name, x);
    requireBits(name, y);
    var p = Elementwise.Pair.of(name, x, y);
    return Dispatch.binary(op, p.a(), p.b());
  }

  static Tensor shift(String name, BinaryOp op, Tensor x, Tensor y) {
    if (!x.dtype().isInteger() || !y.dtype().isInteger()) {
      throw new DTypeException(
          name + ": shifts integers by integers, got " + x.dtype() + " and " + y.dtype());
    }
    return bits(name, op, x, y);
  }

  static Tensor bitwiseNot(Tensor x) {
    requireBits("bitwiseNot", x);
    return Dispatch.unary(x.dtype() == DType.BOOL ? UnaryOp.NOT : UnaryOp.BIT_NOT, x);
  }

  private static void requireBits(String name, Tensor x) {
    if (x.dtype().isFloat()) {
      throw new DTypeException(
          name + ": takes integer and bool tensors, got " + x.dtype() + " " + x.shape());
    }
  }

  /** Equal, or both finite and |a − b| ≤ atol + rtol·|b|. */
  static Tensor isClose(Tensor x, Tensor y, double rtol, double atol, boolean equalNan) {
    var p = Elementwise.Pair.of("isClose", x.detach(), y.detach());
    boolean wide = p.a().dtype() == DType.F64 || p.a().dtype().isInteger();
    var a = p.a().to(wide ? DType.F64 : DType.F32);
    var b = p.b().to(a.dtype());
    var gap = a.sub(b).abs();
    var close = gap.le(b.abs().mul(rtol).add(atol)).and(gap.isFinite()).or(a.eq(b));
    return equalNan ? close.or(a.isNan().and(b.isNan())) : close;
  }
}
