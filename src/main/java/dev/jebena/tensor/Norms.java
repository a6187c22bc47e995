package dev.jebena.tensor;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;

/** Lengths of vectors, and what is measured by them. */
final class Norms {
  private Norms() {}

  /**
   * {@code (Σ|x|^p)^(1/p)}; the largest and smallest magnitude for p = ±∞, the number of non-zeros
   * for 0. Gradients follow from those of the parts, with 0 where there is no slope.
   */
  static Tensor norm(Tensor x, double p, int[] axes, boolean keepDim) {
    Dispatch.requireFloat("norm", x);
    int[] folded = Reductions.normalised("norm", x.shape(), axes);
    if (Double.isNaN(p)) {
      throw new IllegalArgumentException("norm: the order is NaN");
    }
    if (p == 2) {
      return Reductions.norm(x, folded, keepDim);
    }
    if (p < 0 || p == Double.POSITIVE_INFINITY) {
      for (int axis : folded) {
        if (x.size(axis) == 0) {
          throw new ShapeException(
              "norm: axis " + axis + " of shape " + x.shape() + " is empty and has no norm " + p);
        }
      }
    }
    if (p == Double.POSITIVE_INFINITY) {
      return Extrema.amax("norm", x.abs(), folded, keepDim);
    }
    if (p == Double.NEGATIVE_INFINITY) {
      return Extrema.amin("norm", x.abs(), folded, keepDim);
    }
    if (p == 0) {
      // constant between its jumps: a gradient of 0 that is there
      var steps = x.mul(0).add(x.detach().ne(0).to(x.dtype()));
      return Reductions.sum(steps, folded, keepDim);
    }
    if (p == 1) {
      return Reductions.sum(x.abs(), folded, keepDim);
    }
    return Functions.inSingle(x, t -> ofPowers(t, p, folded, keepDim));
  }

  private static Tensor ofPowers(Tensor x, double p, int[] folded, boolean keepDim) {
    // zeros and norms of 0 have slopes that are infinite or no number: they stand aside
    var zero = x.detach().eq(0);
    var powers = x.maskedFill(zero, 1).abs().pow(p).maskedFill(zero, 0);
    var sum = Reductions.sum(powers, folded, keepDim);
    // with a negative power one zero makes the whole norm 0
    var nothing = p < 0 ? zero.any(folded, keepDim) : sum.detach().eq(0);
    return sum.maskedFill(nothing, 1).pow(1 / p).maskedFill(nothing, 0);
  }

  static Tensor normalize(Tensor x, double p, int axis, double eps) {
    Dispatch.requireFloat("normalize", x);
    int a = x.shape().axis("normalize", axis);
    return Functions.inSingle(
        x, t -> t.div(norm(t, p, new int[] {a}, true).clamp(eps, Double.POSITIVE_INFINITY)));
  }

  static Tensor cosineSimilarity(Tensor x, Tensor y, int axis, double eps) {
    Dispatch.requireFloat("cosineSimilarity", x);
    Dispatch.requireFloat("cosineSimilarity", y);
    var shape = Shape.broadcast("cosineSimilarity", x.shape(), y.shape());
    int a = shape.axis("cosineSimilarity", axis);
    var dtype = DType.promote(x.dtype(), y.dtype());
    var wide = DType.promote(dtype, DType.F32);
    var left = normalize(x.to(wide).expand(shape), 2, a, eps);
    var right = normalize(y.to(wide).expand(shape), 2, a, eps);
    return Reductions.sum(left.mul(right), new int[] {a}, false).to(dtype);
  }
}
