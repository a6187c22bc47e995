package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.ReduceOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Operations that fold axes. Without axes they fold all of them. */
final class Reductions {
  private Reductions() {}

  /** The axes as sorted numbers from 0; all where none are given. */
  static int[] normalised(String operation, Shape shape, int... axes) {
    if (axes.length == 0) {
      return IntStream.range(0, shape.rank()).toArray();
    }
    int[] sorted = Arrays.stream(axes).map(a -> shape.axis(operation, a)).sorted().toArray();
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new ShapeException(
            operation + ": axis " + sorted[i] + " stands twice in " + Arrays.toString(axes));
      }
    }
    return sorted;
  }

  static long count(Shape shape, int[] axes) {
    long count = 1;
    for (int axis : axes) {
      count *= shape.size(axis);
    }
    return count;
  }

  /** Drops the folded axes unless they are to be kept. */
  static Tensor shaped(Tensor folded, int[] axes, boolean keepDim) {
    if (keepDim) {
      return folded;
    }
    var out = folded;
    for (int i = axes.length - 1; i >= 0; i--) {
      out = out.squeeze(axes[i]);
    }
    return out;
  }

  static Tensor sum(Tensor x, int[] axes, boolean keepDim) {
    int[] folded = normalised("sum", x.shape(), axes);
    if (folded.length == 0) {
      return x.dtype().isFloat() ? x : x.to(DType.I64);
    }
    var from = x.shape();
    var out =
        Tape.record(
            "sum", Dispatch.reduce(ReduceOp.SUM, x, folded), g -> gradients(g.expand(from)), x);
    return shaped(out, folded, keepDim);
  }

  static Tensor mean(Tensor x, int[] axes, boolean keepDim) {
    Dispatch.requireFloat("mean", x);
    int[] folded = normalised("mean", x.shape(), axes);
    double count = count(x.shape(), folded);
    // the sum of many f16 is beyond their range long before their mean is
    return Functions.inSingle(x, t -> sum(t, folded, keepDim).div(count));
  }

  static Tensor var(Tensor x, int[] axes, int correction, boolean keepDim) {
    Dispatch.requireFloat("var", x);
    int[] folded = normalised("var", x.shape(), axes);
    double divisor = Math.max(0, count(x.shape(), folded) - correction);
    return Functions.inSingle(x, t -> var(t, folded, divisor, keepDim));
  }

  private static Tensor var(Tensor x, int[] folded, double divisor, boolean keepDim) {
    var rows = RowFolds.of(x, folded);
    if (rows.isEmpty()) {
      var centred = x.sub(mean(x, folded, true));
      return sum(centred.square(), folded, keepDim).div(divisor);
    }
    var out =
        Tape.record(
            "var",
            rows.get().squares().div(divisor),
            g -> gradients(g.mul(x.sub(mean(x, folded, true))).mul(2 / divisor)),
            x);
    return shaped(out, folded, keepDim);
  }

  /**
   * 0 where every element is 0; otherwise {@code P/x} while no element is 0, and the product of the
   * others where exactly one is.
   */
  static Tensor prod(Tensor x, int[] axes, boolean keepDim) {
    int[] folded = normalised("prod", x.shape(), axes);
    if (folded.length == 0) {
      return x;
    }
    var product = Dispatch.reduce(ReduceOp.PROD, x, folded);
    var out =
        Tape.record(
            "prod",
            product,
            g -> {
              if (Context.current().recordsGradients()) {
                return gradients(g.mul(productOfOthers(x, folded)));
              }
              var zero = x.detach().eq(0);
              var zeros = zero.to(DType.F32).sum(folded, true);
              var others = x.maskedFill(zero, 1);
              var product1 = others.detach().prod(folded, true);
              var none = g.mul(product1).div(others).mul(zeros.eq(0).to(g.dtype()));
              var one = g.mul(product1).mul(zeros.eq(1).and(zero).to(g.dtype()));
              return gradients(none.add(one));
            },
            x);
    return shaped(out, folded, keepDim);
  }

  /**
   * For each element the product of all others that are folded with it, in n² multiplications. It
   * can be differentiated again wherever zeros stand, which quotients cannot.
   */
  private static Tensor productOfOthers(Tensor x, int... folded) {
    int[] order = new int[x.rank()];
    int[] inverse = new int[x.rank()];
    int at = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (int axis = 0; axis < x.rank(); axis++) {
        if (pass == 1 == Arrays.binarySearch(folded, axis) >= 0) {
          inverse[axis] = at;
          order[at++] = axis;
        }
      }
    }
    var moved = x.permute(order);
    long n = count(x.shape(), folded);
    var rows = moved.reshape(n == 0 ? 0 : x.elements() / n, 1, n);
    var itself =
        Context.current()
            .withDevice(x.device())
            .call(() -> Tensor.arange(n).unsqueeze(1).eq(Tensor.arange(n)));
    var wide = rows.expand(rows.size(0), n, n).maskedFill(itself, 1);
    return wide.prod(-1, false).reshape(moved.shape().toArray()).permute(inverse);
  }

  static Tensor max(Tensor x, int axis, boolean keepDim) {
    return picked(x, arg("max", ReduceOp.MAX, x, axis, true), axis, keepDim);
  }

  static Tensor min(Tensor x, int axis, boolean keepDim) {
    return picked(x, arg("min", ReduceOp.MIN, x, axis, true), axis, keepDim);
  }

  private static Tensor picked(Tensor x, Tensor index, int axis, boolean keepDim) {
    var values = x.gather(axis, index);
    return keepDim ? values : values.squeeze(axis);
  }

  static Tensor max(Tensor x) {
    return Extrema.amax("max", x, new int[0], false);
  }

  static Tensor min(Tensor x) {
    return Extrema.amin("min", x, new int[0], false);
  }

  static Tensor argmax(Tensor x, int axis, boolean keepDim) {
    return arg("argmax", ReduceOp.MAX, x, axis, keepDim);
  }

  static Tensor argmin(Tensor x, int axis, boolean keepDim) {
    return arg("argmin", ReduceOp.MIN, x, axis, keepDim);
  }

  static Tensor arg(String name, ReduceOp op, Tensor x, int axis, boolean keepDim) {
    int a = x.shape().axis(name, axis);
    if (x.size(a) == 0) {
      throw new ShapeException(name + ": axis " + a + " of shape " + x.shape() + " is empty");
    }
    var out = Dispatch.argReduce(op, x.detach(), a);
    return keepDim ? out : out.squeeze(a);
  }

  /** {@code log Σ exp(x)} without overflow. */
  static Tensor logSumExp(Tensor x, int[] axes, boolean keepDim) {
    Dispatch.requireFloat("logSumExp", x);
    int[] folded = normalised("logSumExp", x.shape(), axes);
    if (folded.length == 0) {
      return x;
    }
    return Functions.inSingle(x, t -> logSumExpOf(t, folded, keepDim));
  }

  private static Tensor logSumExpOf(Tensor x, int[] folded, boolean keepDim) {
    var out =
        Tape.record(
            "logSumExp",
            RowFolds.of(x, folded)
                .map(RowFolds::logSumExp)
                .orElseGet(() -> composedLogSumExp(x.detach(), folded)),
            g -> {
              var y = logSumExp(x, folded, true);
              return gradients(g.mul(x.sub(y).exp()));
            },
            x);
    return shaped(out, folded, keepDim);
  }

  private static Tensor composedLogSumExp(Tensor x, int[] folded) {
    // an infinite maximum would make inf − inf
    var top = Dispatch.reduce(ReduceOp.MAX, x, folded);
    var shift = top.maskedFill(top.isFinite().not(), 0);
    return Dispatch.reduce(ReduceOp.SUM, x.sub(shift).exp(), folded).log().add(shift);
  }

  /** Euclidean; other norms stand in {@link Norms}. */
  static Tensor norm(Tensor x, int[] axes, boolean keepDim) {
    Dispatch.requireFloat("norm", x);
    int[] folded = normalised("norm", x.shape(), axes);
    return Functions.inSingle(x, t -> euclidean(t, folded, keepDim));
  }

  private static Tensor euclidean(Tensor x, int[] folded, boolean keepDim) {
    var out = sum(x.detach().square(), folded, true).sqrt();
    var recorded =
        Tape.record(
            "norm",
            out,
            g -> {
              // the subgradient at 0 is 0
              var n = norm(x, folded, true);
              return gradients(g.mul(x.div(n)).maskedFill(n.detach().eq(0), 0));
            },
            x);
    return shaped(recorded, folded, keepDim);
  }

  static Tensor any(Tensor x, int[] axes, boolean keepDim) {
    return logical("any", ReduceOp.ANY, x, axes, keepDim);
  }

  static Tensor all(Tensor x, int[] axes, boolean keepDim) {
    return logical("all", ReduceOp.ALL, x, axes, keepDim);
  }

  private static Tensor logical(String name, ReduceOp op, Tensor x, int[] axes, boolean keepDim) {
    var truth = x.dtype() == DType.BOOL ? x : x.ne(0);
    int[] folded = normalised(name, x.shape(), axes);
    return folded.length == 0 ? truth : shaped(Dispatch.reduce(op, truth, folded), folded, keepDim);
  }

  static Tensor cumsum(Tensor x, int axis) {
    int a = x.shape().axis("cumsum", axis);
    return Tape.record(
        "cumsum",
        Dispatch.cumulativeSum(x.dtype().isFloat() ? x : x.to(DType.I64), a),
        g -> gradients(g.flip(a).cumsum(a).flip(a)),
        x);
  }
}
