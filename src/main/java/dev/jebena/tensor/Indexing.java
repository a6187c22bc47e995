package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;

/** Reading and adding at positions given by a tensor of indices. */
final class Indexing {
  private Indexing() {}

  static Tensor gather(Tensor x, int axis, Tensor index) {
    Dispatch.common("gather", x, index);
    Dispatch.requireIndex("gather", index);
    int a = x.shape().axis("gather", axis);
    checkIndexShape("gather", x.shape(), index.shape(), a);
    var from = x.shape();
    return Tape.record(
        "gather",
        Dispatch.gather(x, a, index),
        g -> gradients(Tensor.zeros(g.device(), g.dtype(), from).scatterAdd(a, index, g)),
        x);
  }

  static Tensor scatterAdd(Tensor x, int axis, Tensor index, Tensor source) {
    int a = checkScatterAdd("scatterAdd", x, axis, index, source);
    return Tape.record(
        "scatterAdd",
        Dispatch.scatterAdd(index, source, a, x.detach().copy()),
        g -> gradients(g, source.requiresGrad() ? g.gather(a, index) : null),
        x,
        source);
  }

  /** The axis, counted from 0, after all checks. */
  static int checkScatterAdd(String operation, Tensor x, int axis, Tensor index, Tensor source) {
    Dispatch.common(operation, x, index, source);
    Dispatch.requireIndex(operation, index);
    int a = x.shape().axis(operation, axis);
    checkIndexShape(operation, x.shape(), index.shape(), a);
    if (!index.shape().equals(source.shape())) {
      throw new ShapeException(
          operation
              + ": index "
              + index.shape()
              + " and source "
              + source.shape()
              + " must have one shape");
    }
    if (x.dtype() != source.dtype()) {
      throw new dev.jebena.memory.DTypeException(
          operation + ": adds " + source.dtype() + " to " + x.dtype() + "; convert the source");
    }
    return a;
  }

  static void checkIndexShape(String operation, Shape x, Shape index, int axis) {
    boolean fits = x.rank() == index.rank();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = i == axis || index.size(i) <= x.size(i);
    }
    if (!fits) {
      throw new ShapeException(
          operation
              + ": an index of shape "
              + index
              + " does not fit "
              + x
              + " along axis "
              + axis
              + " (same rank, and no other axis larger)");
    }
  }

  /**
   * Slices of an axis: with index {@code [I...]} axis {@code a} is replaced by the axes of index.
   */
  static Tensor indexSelect(Tensor x, int axis, Tensor index) {
    Dispatch.common("indexSelect", x, index);
    Dispatch.requireIndex("indexSelect", index);
    int a = x.shape().axis("indexSelect", axis);
    var flat = index.reshape(-1);
    var from = x.shape();
    var rows =
        Tape.record(
            "indexSelect",
            Dispatch.indexSelect(x, a, flat),
            g -> gradients(spread(g, a, flat, from)),
            x);
    if (index.rank() == 1) {
      return rows;
    }
    long[] sizes = new long[x.rank() - 1 + index.rank()];
    int at = 0;
    for (int i = 0; i < x.rank(); i++) {
      if (i != a) {
        sizes[at++] = x.size(i);
      } else {
        for (int j = 0; j < index.rank(); j++) {
          sizes[at++] = index.size(j);
        }
      }
    }
    return rows.reshape(sizes);
  }

  /** Zeros of a shape to which slices are added: the gradient of taking them. */
  private static Tensor spread(Tensor slices, int axis, Tensor index, Shape shape) {
    var zeros = Tensor.zeros(slices.device(), slices.dtype(), shape);
    return Tape.record(
        "indexAdd",
        Dispatch.indexAdd(index, slices.detach(), axis, zeros),
        g -> gradients(g.indexSelect(axis, index)),
        slices);
  }

  static Tensor indexAdd(Tensor x, int axis, Tensor index, Tensor source) {
    int a = checkIndexAdd("indexAdd", x, axis, index, source);
    return Tape.record(
        "indexAdd",
        Dispatch.indexAdd(index, source, a, x.detach().copy()),
        g -> gradients(g, source.requiresGrad() ? g.indexSelect(a, index) : null),
        x,
        source);
  }

  /** The axis, counted from 0, after all checks. */
  static int checkIndexAdd(String operation, Tensor x, int axis, Tensor index, Tensor source) {
    Dispatch.common(operation, x, index, source);
    Dispatch.requireIndex(operation, index);
    int a = x.shape().axis(operation, axis);
    if (index.rank() != 1 || !source.shape().equals(x.shape().with(a, index.size(0)))) {
      throw new ShapeException(
          operation
              + ": source "
              + source.shape()
              + " with index "
              + index.shape()
              + " does not fit "
              + x.shape()
              + " along axis "
              + a
              + (index.rank() == 1
                  ? " (source must be " + x.shape().with(a, index.size(0)) + ")"
                  : " (the index must have rank 1)"));
    }
    if (x.dtype() != source.dtype()) {
      throw new dev.jebena.memory.DTypeException(
          operation + ": adds " + source.dtype() + " to " + x.dtype() + "; convert the source");
    }
    return a;
  }

  static Tensor oneHot(Tensor index, long classes) {
    Dispatch.requireIndex("oneHot", index);
    if (classes < 0) {
      throw new ShapeException("oneHot: " + classes + " classes; as many as 0 or more would fit");
    }
    var last = index.unsqueeze(-1);
    var zeros = Tensor.zeros(index.device(), DType.I64, last.shape().with(-1, classes));
    return zeros.scatter(-1, last, 1);
  }
}
