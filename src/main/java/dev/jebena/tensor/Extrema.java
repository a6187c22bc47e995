package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.ReduceOp;
import dev.jebena.memory.ShapeException;

/** The largest and the smallest, whose equals share the gradient, or with their places. */
final class Extrema {
  private Extrema() {}

  static Tensor amax(String name, Tensor x, int[] axes, boolean keepDim) {
    return extremum(name, ReduceOp.MAX, x, axes, keepDim);
  }

  static Tensor amin(String name, Tensor x, int[] axes, boolean keepDim) {
    return extremum(name, ReduceOp.MIN, x, axes, keepDim);
  }

  private static Tensor extremum(String name, ReduceOp op, Tensor x, int[] axes, boolean keepDim) {
    int[] folded = Reductions.normalised(name, x.shape(), axes);
    for (int axis : folded) {
      requireSome(name, x, axis);
    }
    if (folded.length == 0) {
      return x;
    }
    return Reductions.shaped(
        shared(name, x, Dispatch.reduce(op, x, folded), folded), folded, keepDim);
  }

  /** Records a value of each fold whose gradient all elements equal to it share. */
  static Tensor shared(String name, Tensor x, Tensor value, int[] folded) {
    return Tape.record(
        name,
        value,
        g -> {
          var same = x.detach().eq(value.detach());
          // NaN wins and equals nothing
          var equal = same.or(x.detach().isNan().and(value.detach().isNan())).to(g.dtype());
          return gradients(g.mul(equal.div(equal.sum(folded, true))));
        },
        x);
  }

  static MinMax aminmax(Tensor x, int[] axes, boolean keepDim) {
    return new MinMax(amin("aminmax", x, axes, keepDim), amax("aminmax", x, axes, keepDim));
  }

  static Picked max(Tensor x, int axis, boolean keepDim) {
    return at(x, axis, Reductions.arg("maxWithIndices", ReduceOp.MAX, x, axis, true), keepDim);
  }

  static Picked min(Tensor x, int axis, boolean keepDim) {
    return at(x, axis, Reductions.arg("minWithIndices", ReduceOp.MIN, x, axis, true), keepDim);
  }

  /** The elements at given places of an axis, one a line. */
  static Picked at(Tensor x, int axis, Tensor index, boolean keepDim) {
    var values = x.gather(axis, index);
    return keepDim
        ? new Picked(values, index)
        : new Picked(values.squeeze(axis), index.squeeze(axis));
  }

  static void requireSome(String name, Tensor x, int axis) {
    if (x.size(axis) == 0) {
      throw new ShapeException(
          name
              + ": axis "
              + axis
              + " of shape "
              + x.shape()
              + " is empty; none of its elements can be picked");
    }
  }
}
