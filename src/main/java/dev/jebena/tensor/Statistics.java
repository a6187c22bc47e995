package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.ShapeException;

/** What describes a set of numbers: spread, middle, quantiles, the most frequent. */
final class Statistics {
  private Statistics() {}

  static Tensor std(Tensor x, int[] axes, int correction, boolean keepDim) {
    Dispatch.requireFloat("std", x);
    return Functions.inSingle(x, t -> root(Reductions.var(t, axes, correction, keepDim)));
  }

  private static Tensor root(Tensor variance) {
    var root = Tensor.noGrad(() -> variance.sqrt());
    return Tape.record(
        "std",
        root,
        // where all elements are equal the root has no slope; 0 as in PyTorch
        g -> {
          var flat = variance.detach().eq(0);
          var safe = variance.maskedFill(flat, 1).sqrt();
          return gradients(g.div(safe.mul(2)).maskedFill(flat, 0));
        },
        variance);
  }

  static VarMean varMean(Tensor x, int[] axes, int correction, boolean keepDim) {
    Dispatch.requireFloat("varMean", x);
    return new VarMean(
        Reductions.var(x, axes, correction, keepDim), Reductions.mean(x, axes, keepDim));
  }

  static StdMean stdMean(Tensor x, int[] axes, int correction, boolean keepDim) {
    Dispatch.requireFloat("stdMean", x);
    return new StdMean(std(x, axes, correction, keepDim), Reductions.mean(x, axes, keepDim));
  }

  static Tensor nanSum(Tensor x, int[] axes, boolean keepDim) {
    return Reductions.sum(x.dtype().isFloat() ? withoutNan(x) : x, axes, keepDim);
  }

  static Tensor nanMean(Tensor x, int[] axes, boolean keepDim) {
    Dispatch.requireFloat("nanMean", x);
    return Functions.inSingle(
        x,
        t -> {
          var numbers = t.detach().isNan().not().to(t.dtype());
          return Reductions.sum(withoutNan(t), axes, keepDim)
              .div(Reductions.sum(numbers, axes, keepDim));
        });
  }

  private static Tensor withoutNan(Tensor x) {
    return x.maskedFill(x.detach().isNan(), 0);
  }

  static Tensor countNonZero(Tensor x, int[] axes, boolean keepDim) {
    return Reductions.sum(x.detach().ne(0), axes, keepDim);
  }

  /** The lower of the two in the middle where their number is even; NaN where there is one. */
  static Picked median(Tensor x, int axis, boolean keepDim) {
    int a = x.shape().axis("median", axis);
    Extrema.requireSome("median", x, a);
    return Extrema.at(x, a, middle(x.detach(), a), keepDim);
  }

  private static Tensor middle(Tensor x, int axis) {
    long half = (x.size(axis) - 1) / 2;
    var index = Dispatch.sort(x, axis, false, half + 1).indices().slice(axis, half, half + 1);
    if (!x.dtype().isFloat()) {
      return index.contiguous();
    }
    // argmax finds the first NaN where there is one
    return Tensor.where(x.isNan().any(axis, true), Reductions.argmax(x, axis, true), index);
  }

  static Tensor median(Tensor x) {
    if (x.elements() == 0) {
      Dispatch.requireFloat("median (of no elements)", x);
      return Reductions.mean(x, new int[0], false); // NaN, with a gradient of no elements
    }
    if (x.rank() == 0) {
      return x;
    }
    var flat = x.reshape(-1);
    var value = Tensor.noGrad(() -> median(flat, 0, true).values());
    return Extrema.shared("median", flat, value, new int[] {0}).squeeze(0);
  }

  /** Linear between the two nearest in order; NaN where there is one. */
  static Tensor quantile(Tensor x, double q, int axis, boolean keepDim) {
    Dispatch.requireFloat("quantile", x);
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("quantile: " + q + " is not a fraction from 0 to 1");
    }
    int a = x.shape().axis("quantile", axis);
    Extrema.requireSome("quantile", x, a);
    var sorted = Ordering.sort(x, a, false).values();
    long n = x.size(a);
    double position = q * (n - 1);
    long below = (long) Math.floor(position);
    long above = Math.min(n - 1, below + 1);
    var low = sorted.slice(a, below, below + 1);
    var high = sorted.slice(a, above, above + 1);
    var between = position == below ? low : Pairs.lerp(low, high, position - below);
    var largest = sorted.slice(a, n - 1, n); // NaN stands last
    var out = Tensor.where(largest.isNan(), largest, between);
    return keepDim ? out : out.squeeze(a);
  }

  static Tensor quantile(Tensor x, double[] qs, int axis, boolean keepDim) {
    if (qs.length == 0) {
      throw new ShapeException("quantile: needs at least one fraction");
    }
    var parts = new Tensor[qs.length];
    for (int i = 0; i < qs.length; i++) {
      parts[i] = quantile(x, qs[i], axis, keepDim);
    }
    return Joining.stack(0, parts);
  }

  /** The most frequent value, the smallest of those; the index is that of its last occurrence. */
  static Picked mode(Tensor x, int axis, boolean keepDim) {
    int a = x.shape().axis("mode", axis);
    Extrema.requireSome("mode", x, a);
    long n = x.size(a);
    var order = Dispatch.sort(x.detach(), a, false, n);
    var s = order.values();
    var changes = s.slice(a, 1, n).ne(s.slice(a, 0, n - 1));
    var starts = Joining.cat(a, s.slice(a, 0, 1).ne(s.slice(a, 0, 1)), changes);
    var place = Ordering.places(x, a);
    // where the run that an element belongs to began: the largest place of a change so far
    var marks = Tensor.where(starts, place, place.mul(0));
    var began = RunningFolds.cummax(marks, a).values();
    var longest = Reductions.argmax(place.sub(began), a, true);
    return Extrema.at(x, a, order.indices().gather(a, longest), keepDim);
  }
}
