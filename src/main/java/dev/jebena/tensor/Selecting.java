package dev.jebena.tensor;

import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;

/**
 * Operations whose result has a size that depends on the values. The host has to read values before
 * it can go on, which waits for the device: keep them out of inner loops.
 */
final class Selecting {
  private Selecting() {}

  /** {@code [count, rank]}: the coordinates in row-major order. */
  static Tensor nonZero(Tensor x) {
    boolean[] set = HostCopies.booleans(x.dtype() == DType.BOOL ? x : x.detach().ne(0));
    int rank = x.rank();
    int count = 0;
    for (boolean is : set) {
      count += is ? 1 : 0;
    }
    long[] coordinates = new long[Math.multiplyExact(count, rank)];
    int row = 0;
    for (int i = 0; i < set.length; i++) {
      if (set[i]) {
        long rest = i;
        for (int axis = rank - 1; axis >= 0; axis--) {
          coordinates[row * rank + axis] = rest % x.size(axis);
          rest /= x.size(axis);
        }
        row++;
      }
    }
    int found = count;
    return Context.current().withDevice(x.device()).call(() -> Tensor.of(coordinates, found, rank));
  }

  static Tensor maskedSelect(Tensor x, Tensor mask) {
    Dispatch.common("maskedSelect", x, mask);
    Dispatch.requireBool("maskedSelect", mask);
    var shape = Shape.broadcast("maskedSelect", x.shape(), mask.shape());
    var places = nonZero(mask.expand(shape).reshape(-1)).squeeze(1);
    return x.expand(shape).reshape(-1).indexSelect(0, places);
  }

  static Tensor bincount(Tensor x, Tensor weights, long minLength) {
    if (!x.dtype().isInteger()) {
      throw new DTypeException("bincount: counts whole numbers, got " + x.dtype());
    }
    if (x.rank() != 1 || weights != null && !weights.shape().equals(x.shape())) {
      throw new ShapeException(
          "bincount: takes numbers [N]"
              + (weights == null ? "" : " and weights [N]")
              + ", got "
              + x.shape()
              + (weights == null ? "" : " and " + weights.shape()));
    }
    if (minLength < 0) {
      throw new ShapeException("bincount: a minimal length of " + minLength + " is negative");
    }
    long length = minLength;
    if (x.elements() > 0) {
      long smallest = x.min().itemLong();
      if (smallest < 0) {
        throw new IllegalArgumentException("bincount: " + smallest + " is negative");
      }
      length = Math.max(length, x.max().itemLong() + 1);
    }
    Tensor amounts;
    if (weights == null) {
      amounts = Tensor.full(x.device(), DType.I64, x.shape(), 1);
    } else {
      Dispatch.common("bincount", x, weights);
      amounts = weights.dtype() == DType.F32 ? weights.detach() : weights.detach().to(DType.F64);
    }
    return Tensor.zeros(x.device(), amounts.dtype(), Shape.of(length))
        .scatterAdd(0, x.to(DType.I64), amounts);
  }

  static Tensor histc(Tensor x, int bins, double low, double high) {
    Dispatch.requireFloat("histc", x);
    if (bins < 1) {
      throw new ShapeException("histc: " + bins + " bins (at least 1 would fit)");
    }
    if (low > high || !Double.isFinite(low) || !Double.isFinite(high)) {
      throw new IllegalArgumentException(
          "histc: the range [" + low + ", " + high + "] is no range");
    }
    var flat = x.detach().reshape(-1);
    double from = low;
    double to = high;
    if (low == high && x.elements() > 0) {
      from = flat.min().item();
      to = flat.max().item();
      if (!Double.isFinite(from) || !Double.isFinite(to)) {
        throw new IllegalArgumentException(
            "histc: the data reach from " + from + " to " + to + "; give a finite range");
      }
    }
    if (from == to) {
      from -= 1;
      to += 1;
    }
    var inside = flat.ge(from).and(flat.le(to));
    var bin =
        flat.sub(from)
            .mul((double) bins)
            .div(to - from)
            .maskedFill(inside.not(), 0)
            .to(DType.I64)
            .clamp(0, bins - 1);
    return Tensor.zeros(x.device(), x.dtype(), Shape.of(bins))
        .scatterAdd(0, bin, inside.to(x.dtype()));
  }
}
