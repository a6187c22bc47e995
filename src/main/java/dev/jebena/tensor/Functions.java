package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import java.util.function.UnaryOperator;

/** Elementary functions beyond those of {@link Elementwise}, each with its gradient rule. */
final class Functions {
  private static final double LN_TWO = StrictMath.log(2);
  private static final double LN_TEN = StrictMath.log(10);
  private static final double MINUS_TWO_OVER_SQRT_PI = -2 / Math.sqrt(Math.PI);

  private Functions() {}

  /** Integers and booleans become f32. */
  static Tensor floats(Tensor x) {
    return x.dtype().isFloat() ? x : x.to(DType.F32);
  }

  /**
   * What consists of several steps is computed in f32 at least, and rounded once at its end: types
   * of 8 or 16 bits would lose some of their few digits at each step.
   */
  static Tensor inSingle(Tensor x, UnaryOperator<Tensor> steps) {
    var dtype = floats(x).dtype();
    return dtype == DType.F64 ? steps.apply(x) : steps.apply(x.to(DType.F32)).to(dtype);
  }

  private static Tensor of(String name, UnaryOp op, Tensor x, UnaryOperator<Tensor> slope) {
    var t = floats(x);
    return Tape.record(name, Dispatch.unary(op, t), g -> gradients(g.mul(inSingle(t, slope))), t);
  }

  static Tensor exp2(Tensor x) {
    return of("exp2", UnaryOp.EXP2, x, t -> t.exp2().mul(LN_TWO));
  }

  static Tensor expm1(Tensor x) {
    return of("expm1", UnaryOp.EXPM1, x, Tensor::exp);
  }

  static Tensor log2(Tensor x) {
    return of("log2", UnaryOp.LOG2, x, t -> t.mul(LN_TWO).reciprocal());
  }

  static Tensor log10(Tensor x) {
    return of("log10", UnaryOp.LOG10, x, t -> t.mul(LN_TEN).reciprocal());
  }

  static Tensor log1p(Tensor x) {
    return of("log1p", UnaryOp.LOG1P, x, t -> t.add(1).reciprocal());
  }

  static Tensor tan(Tensor x) {
    return of("tan", UnaryOp.TAN, x, t -> t.tan().square().add(1));
  }

  static Tensor asin(Tensor x) {
    return of("asin", UnaryOp.ASIN, x, t -> t.square().subtractFrom(1).rsqrt());
  }

  static Tensor acos(Tensor x) {
    return of("acos", UnaryOp.ACOS, x, t -> t.square().subtractFrom(1).rsqrt().neg());
  }

  static Tensor atan(Tensor x) {
    return of("atan", UnaryOp.ATAN, x, t -> t.square().add(1).reciprocal());
  }

  static Tensor sinh(Tensor x) {
    return of("sinh", UnaryOp.SINH, x, Tensor::cosh);
  }

  static Tensor cosh(Tensor x) {
    return of("cosh", UnaryOp.COSH, x, Tensor::sinh);
  }

  static Tensor asinh(Tensor x) {
    return of("asinh", UnaryOp.ASINH, x, t -> t.square().add(1).rsqrt());
  }

  static Tensor acosh(Tensor x) {
    return of("acosh", UnaryOp.ACOSH, x, t -> t.square().sub(1).rsqrt());
  }

  static Tensor atanh(Tensor x) {
    return of("atanh", UnaryOp.ATANH, x, t -> t.square().subtractFrom(1).reciprocal());
  }

  static Tensor erfc(Tensor x) {
    return of("erfc", UnaryOp.ERFC, x, t -> t.square().neg().exp().mul(MINUS_TWO_OVER_SQRT_PI));
  }

  static Tensor softplus(Tensor x) {
    return of("softplus", UnaryOp.SOFTPLUS, x, Tensor::sigmoid);
  }

  /** ln(x / (1 − x)). */
  static Tensor logit(Tensor x) {
    var t = floats(x);
    var out = inSingle(t.detach(), d -> d.div(d.subtractFrom(1)).log());
    return Tape.record(
        "logit",
        out,
        g -> {
          var slope = inSingle(t, d -> d.mul(d.subtractFrom(1)).reciprocal());
          return gradients(g.mul(slope.maskedFill(out.isNan(), Double.NaN)));
        },
        t);
  }

  /** Piecewise constant: its gradient is 0. */
  static Tensor trunc(Tensor x) {
    return Elementwise.rounded("trunc", UnaryOp.TRUNC, x);
  }

  static Tensor frac(Tensor x) {
    Elementwise.requireNumbers("frac", x);
    var d = x.detach();
    return Tape.record("frac", d.sub(d.trunc()), g -> gradients(g), x);
  }

  // ---------------------------------------------------------------- questions

  static Tensor isInf(Tensor x) {
    return x.dtype().isFloat() ? x.detach().abs().eq(Double.POSITIVE_INFINITY) : no(x);
  }

  static Tensor isPosInf(Tensor x) {
    return x.dtype().isFloat() ? x.eq(Double.POSITIVE_INFINITY) : no(x);
  }

  static Tensor isNegInf(Tensor x) {
    return x.dtype().isFloat() ? x.eq(Double.NEGATIVE_INFINITY) : no(x);
  }

  /** Whether the sign bit is set, that of −0 and of a NaN too. */
  static Tensor signBit(Tensor x) {
    if (!x.dtype().isFloat()) {
      return x.dtype() == DType.BOOL ? no(x) : x.lt(0);
    }
    return Dispatch.scalar(
        BinaryOp.LT, Dispatch.scalar(BinaryOp.COPY_SIGN, x.detach(), 1, true), 0, false);
  }

  private static Tensor no(Tensor x) {
    return Tensor.full(x.device(), DType.BOOL, x.shape(), 0);
  }

  /** The gradient is that of x where x is finite, 0 elsewhere. */
  static Tensor nanToNum(Tensor x, double nan, double high, double low) {
    Elementwise.requireNumbers("nanToNum", x);
    if (!x.dtype().isFloat()) {
      return x;
    }
    return x.maskedFill(x.isNan(), nan).maskedFill(isPosInf(x), high).maskedFill(isNegInf(x), low);
  }
}
