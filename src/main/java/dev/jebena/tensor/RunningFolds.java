package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.ScanOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.ShapeException;

/** Folds that keep every intermediate result, and the differences that undo a running sum. */
final class RunningFolds {
  private RunningFolds() {}

  static Tensor cumprod(Tensor x, int axis) {
    int a = x.shape().axis("cumprod", axis);
    var from = x.dtype().isFloat() ? x : x.to(DType.I64);
    return Tape.record(
        "cumprod", Dispatch.scan(ScanOp.PROD, from, a), g -> gradients(slope(g, from, a)), from);
  }

  /**
   * {@code Σᵢ≥ₖ gᵢ · ∏ⱼ≤ᵢ,ⱼ≠ₖ xⱼ}. Before the first zero of a line that is a running sum from the
   * end divided by {@code xₖ}; at the zero the same of the line with a 1 in its place; behind it 0.
   */
  private static Tensor slope(Tensor g, Tensor x, int axis) {
    if (Tape.isNeeded(x)) {
      return slopeOfSlopes(g, x, axis);
    }
    var zero = x.eq(0);
    var zeros = zero.to(DType.I64).cumsum(axis);
    var safe = x.maskedFill(zero, 1);
    var before = fromTheEnd(g.mul(cumprod(x, axis)), axis).div(safe);
    var first = zero.and(zeros.eq(1));
    var at = fromTheEnd(g.mul(cumprod(x.maskedFill(first, 1), axis)), axis);
    // the second sum starts at the zero, in whose stead the 1 stands
    return before.maskedFill(zeros.ne(0), 0).add(at.maskedFill(first.not(), 0));
  }

  private static Tensor fromTheEnd(Tensor x, int axis) {
    return x.flip(axis).cumsum(axis).flip(axis);
  }

  /** The definition itself, quadratic, which has slopes of its own even at zeros. */
  private static Tensor slopeOfSlopes(Tensor g, Tensor x, int axis) {
    long n = x.size(axis);
    if (n == 0) {
      return g;
    }
    var parts = new Tensor[Math.toIntExact(n)];
    for (int k = 0; k < n; k++) {
      var one = Tensor.full(x.device(), x.dtype(), x.shape().with(axis, 1), 1);
      var others = Joining.cat(axis, x.slice(axis, 0, k), one, x.slice(axis, k + 1, n));
      var products = cumprod(others, axis).slice(axis, k, n);
      parts[k] = g.slice(axis, k, n).mul(products).sum(axis, true);
    }
    return Joining.cat(axis, parts);
  }

  static Picked cummax(Tensor x, int axis) {
    return running("cummax", ScanOp.ARG_MAX, x, axis);
  }

  static Picked cummin(Tensor x, int axis) {
    return running("cummin", ScanOp.ARG_MIN, x, axis);
  }

  private static Picked running(String name, ScanOp op, Tensor x, int axis) {
    int a = x.shape().axis(name, axis);
    var indices = Dispatch.scan(op, x.detach(), a);
    return new Picked(x.gather(a, indices), indices);
  }

  static Tensor logCumSumExp(Tensor x, int axis) {
    Dispatch.requireFloat("logCumSumExp", x);
    int a = x.shape().axis("logCumSumExp", axis);
    if (x.dtype().byteSize() < Float.BYTES) {
      // the rule takes exponentials of differences, of which 16 bits would leave nothing
      return logCumSumExp(x.to(DType.F32), a).to(x.dtype());
    }
    return Tape.record(
        "logCumSumExp",
        Dispatch.scan(ScanOp.LOG_SUM_EXP, x, a),
        g -> {
          // dx_k = Σᵢ≥ₖ gᵢ·exp(x_k − yᵢ), in logarithms, the positive and the negative gᵢ apart
          var y = logCumSumExp(x, a);
          var reached = y.maskedFill(y.detach().eq(Double.NEGATIVE_INFINITY), 0);
          return gradients(weights(g, reached, x, a).sub(weights(g.neg(), reached, x, a)));
        },
        x);
  }

  private static Tensor weights(Tensor g, Tensor y, Tensor x, int axis) {
    var none = g.detach().le(0);
    var logs = g.maskedFill(none, 1).log().sub(y).maskedFill(none, Double.NEGATIVE_INFINITY);
    return logCumSumExp(logs.flip(axis), axis).flip(axis).add(x).exp();
  }

  static Tensor diff(Tensor x, int order, int axis) {
    int a = x.shape().axis("diff", axis);
    if (order < 0) {
      throw new ShapeException("diff: order " + order + " is negative");
    }
    if (x.dtype() == DType.BOOL) {
      throw new DTypeException(
          "diff: bool tensors have no differences; convert with to(DType.I64)");
    }
    var out = x;
    for (int i = 0; i < order; i++) {
      long n = out.size(a);
      out = out.slice(a, Math.min(1, n), n).sub(out.slice(a, 0, Math.max(0, n - 1)));
    }
    return out;
  }
}
