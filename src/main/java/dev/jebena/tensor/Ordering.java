package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;

/** Sorting and what follows from it. Sorts are stable; NaN is larger than every number. */
final class Ordering {
  private Ordering() {}

  static Picked sort(Tensor x, int axis, boolean descending) {
    int a = x.shape().axis("sort", axis);
    return ordered("sort", x, a, descending, x.size(a));
  }

  static Tensor argsort(Tensor x, int axis, boolean descending) {
    int a = x.shape().axis("argsort", axis);
    return Dispatch.sort(x.detach(), a, descending, x.size(a)).indices();
  }

  static Picked topk(Tensor x, long k, int axis, boolean largest) {
    int a = x.shape().axis("topk", axis);
    if (k < 0 || k > x.size(a)) {
      throw new ShapeException(
          "topk: " + k + " of axis " + a + " of shape " + x.shape() + ", which has " + x.size(a));
    }
    return ordered("topk", x, a, largest, k);
  }

  private static Picked ordered(String name, Tensor x, int axis, boolean descending, long count) {
    var order = Dispatch.sort(x, axis, descending, count);
    var from = x.shape();
    var values =
        Tape.record(
            name,
            order.values(),
            g ->
                gradients(
                    Tensor.zeros(g.device(), g.dtype(), from).scatterAdd(axis, order.indices(), g)),
            x);
    return new Picked(values, order.indices());
  }

  static Picked kthValue(Tensor x, long k, int axis, boolean keepDim) {
    int a = x.shape().axis("kthValue", axis);
    Extrema.requireSome("kthValue", x, a);
    if (k < 1 || k > x.size(a)) {
      throw new ShapeException(
          "kthValue: k = "
              + k
              + " for axis "
              + a
              + " of shape "
              + x.shape()
              + " (valid: 1 to "
              + x.size(a)
              + ")");
    }
    var index = Dispatch.sort(x.detach(), a, false, k).indices().slice(a, k - 1, k);
    return Extrema.at(x, a, index.contiguous(), keepDim);
  }

  /** The position of every element along an axis, i64, in the shape of x. */
  static Tensor places(Tensor x, int axis) {
    long[] line = new long[x.rank()];
    java.util.Arrays.fill(line, 1);
    line[axis] = x.size(axis);
    return Context.current()
        .withDevice(x.device())
        .call(() -> Tensor.arange(x.size(axis)))
        .reshape(line)
        .expand(x.shape());
  }

  /** Sorted along the last axis; one-dimensional sequences serve values of any shape. */
  static Tensor searchSorted(Tensor sorted, Tensor values, boolean right) {
    Dispatch.common("searchSorted", sorted, values);
    if (sorted.rank() == 0) {
      throw new ShapeException("searchSorted: a scalar is no sequence; one of shape [N] would fit");
    }
    var dtype = DType.promote(sorted.dtype(), values.dtype());
    var line = sorted.detach().to(dtype);
    var sought = values.detach().to(dtype);
    if (sorted.rank() == 1) {
      return Dispatch.searchSorted(line, sought.reshape(-1), right)
          .reshape(values.shape().toArray());
    }
    if (values.rank() != sorted.rank()
        || !values.shape().without(-1).equals(sorted.shape().without(-1))) {
      throw new ShapeException(
          "searchSorted: sequences "
              + sorted.shape()
              + " and values "
              + values.shape()
              + " must be equal but for the last axis (or the sequence one-dimensional)");
    }
    return Dispatch.searchSorted(line, sought, right);
  }

  static Tensor isIn(Tensor x, Tensor others) {
    Dispatch.common("isIn", x, others);
    long n = others.elements();
    if (n == 0) {
      return Tensor.zeros(x.device(), DType.BOOL, x.shape());
    }
    var dtype = DType.promote(x.dtype(), others.dtype());
    var sorted = Dispatch.sort(withoutNan(others.detach().to(dtype)), 0, false, n).values();
    var flat = x.detach().to(dtype).reshape(-1);
    var place = Dispatch.searchSorted(sorted, flat, false);
    var found = sorted.gather(0, place.clamp(0, n - 1));
    return found.eq(flat).reshape(x.shape().toArray());
  }

  /** All elements in a row, one of the numbers in the place of each NaN, which equals nothing. */
  private static Tensor withoutNan(Tensor x) {
    var flat = x.reshape(-1);
    if (!x.dtype().isFloat()) {
      return flat;
    }
    var nan = flat.isNan();
    var largest = flat.maskedFill(nan, Double.NEGATIVE_INFINITY).max();
    // where there is nothing but NaN, all stay as they are
    return Tensor.where(nan.and(nan.all().not()), largest, flat);
  }

  static Unique unique(Tensor x) {
    var flat = x.detach().reshape(-1);
    var groups = Groups.of(flat);
    return new Unique(
        flat.indexSelect(0, groups.first),
        groups.inverse.reshape(x.shape().toArray()),
        groups.counts);
  }

  /** Slices of an axis, told apart by one element after the other. */
  static Unique unique(Tensor x, int axis) {
    int a = x.shape().axis("unique", axis);
    long n = x.size(a);
    var first = x.detach().movedim(a, 0);
    var slices = first.reshape(n, n == 0 ? 0 : first.elements() / n);
    var groups = Groups.of(Tensor.zeros(x.device(), DType.I64, Shape.of(n)));
    for (long i = 0; i < slices.size(1) && groups.counts.elements() < n; i++) {
      var column = Groups.of(slices.select(1, i)).inverse;
      // both are below n
      groups = Groups.of(groups.inverse.mul(n).add(column));
    }
    return new Unique(x.detach().indexSelect(a, groups.first), groups.inverse, groups.counts);
  }

  /**
   * Equal elements of a line, their groups in ascending order.
   *
   * @param first where each group first stands in the line
   * @param inverse the group of each element
   * @param counts the size of each group
   */
  private record Groups(Tensor first, Tensor inverse, Tensor counts) {
    static Groups of(Tensor line) {
      long n = line.size(0);
      if (n == 0) {
        var none = Tensor.zeros(line.device(), DType.I64, Shape.of(0));
        return new Groups(none, none, none);
      }
      // stable, so that the first of a group is the first in the line
      var order = Dispatch.sort(line, 0, false, n);
      var s = order.values();
      var begins =
          Joining.cat(
              0,
              Tensor.full(line.device(), DType.BOOL, Shape.of(1), 1),
              s.slice(0, 1, n).ne(s.slice(0, 0, n - 1)));
      var starts = Selecting.nonZero(begins).squeeze(1);
      var group = begins.to(DType.I64).cumsum(0).sub(1);
      var inverse =
          Tensor.zeros(line.device(), DType.I64, Shape.of(n)).scatterAdd(0, order.indices(), group);
      var end = Tensor.full(line.device(), DType.I64, Shape.of(1), n);
      return new Groups(
          order.indices().indexSelect(0, starts),
          inverse,
          RunningFolds.diff(Joining.cat(0, starts, end), 1, 0));
    }
  }
}
