package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.ScatterOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Copies with some elements replaced: by index, by mask, or where a view looks. */
final class Scattering {
  private Scattering() {}

  /** Checks operands; the axis counted from 0. */
  static int check(String operation, Tensor x, int axis, Tensor index, Tensor source) {
    Dispatch.common(operation, x, index, source);
    Dispatch.requireIndex(operation, index);
    int a = x.shape().axis(operation, axis);
    Indexing.checkIndexShape(operation, x.shape(), index.shape(), a);
    if (!index.shape().equals(source.shape())) {
      throw new ShapeException(
          operation
              + ": index "
              + index.shape()
              + " and source "
              + source.shape()
              + " must have one shape");
    }
    requireSameType(operation, x, source);
    return a;
  }

  static void requireSameType(String operation, Tensor x, Tensor source) {
    if (x.dtype() != source.dtype()) {
      throw new DTypeException(
          operation + ": puts " + source.dtype() + " into " + x.dtype() + "; convert the source");
    }
  }

  /** Of several values for one element the last stays, but all of them get its gradient. */
  static Tensor scatter(Tensor x, int axis, Tensor index, Tensor source) {
    int a = check("scatter", x, axis, index, source);
    return Tape.record(
        "scatter",
        Dispatch.scatter(ScatterOp.SET, index, source, a, x.detach().copy()),
        g ->
            gradients(
                x.requiresGrad() ? g.scatter(a, index, 0) : null,
                source.requiresGrad() ? g.gather(a, index) : null),
        x,
        source);
  }

  static Tensor scatter(Tensor x, int axis, Tensor index, double value) {
    return scatter(x, axis, index, constant(x, value).expand(index.shape()));
  }

  private static Tensor constant(Tensor like, double value) {
    return Tensor.full(like.device(), like.dtype(), Shape.of(), value);
  }

  /** Slices by number; negative numbers count from the end. */
  static Tensor indexCopy(Tensor x, int axis, Tensor index, Tensor source) {
    Dispatch.common("indexCopy", x, index, source);
    Dispatch.requireIndex("indexCopy", index);
    int a = x.shape().axis("indexCopy", axis);
    if (index.rank() != 1 || !source.shape().equals(x.shape().with(a, index.size(0)))) {
      throw new ShapeException(
          "indexCopy: source "
              + source.shape()
              + " with index "
              + index.shape()
              + " does not fit "
              + x.shape()
              + " along axis "
              + a);
    }
    var wrapped = Dispatch.wrapIndex(index, a, x.size(a));
    return scatter(x, a, along(wrapped, a, source), source);
  }

  /** An index {@code [J]} for axis a, seen in the shape of {@code source}. */
  private static Tensor along(Tensor index, int a, Tensor source) {
    long[] lying = new long[source.rank()];
    Arrays.fill(lying, 1);
    lying[a] = index.size(0);
    return index.reshape(lying).expand(source.shape());
  }

  static Tensor indexFill(Tensor x, int axis, Tensor index, double value) {
    int a = x.shape().axis("indexFill", axis);
    if (index.rank() != 1) {
      throw new ShapeException("indexFill: the index must have rank 1, got " + index.shape());
    }
    Dispatch.requireIndex("indexFill", index);
    var filled = constant(x, value).expand(x.shape().with(a, index.size(0)));
    return indexCopy(x, a, index, filled);
  }

  /** The elements of the source in order, one for each true of the mask. */
  static Tensor maskedScatter(Tensor x, Tensor mask, Tensor source) {
    Dispatch.common("maskedScatter", x, mask, source);
    Dispatch.requireBool("maskedScatter", mask);
    requireSameType("maskedScatter", x, source);
    var shape = Shape.broadcast("maskedScatter", mask.shape(), x.shape());
    if (!shape.equals(x.shape())) {
      throw new ShapeException(
          "maskedScatter: a mask of shape " + mask.shape() + " does not broadcast to " + x.shape());
    }
    var wide = mask.expand(shape);
    long wanted = wide.to(DType.I64).sum().itemLong();
    if (wanted > source.elements()) {
      throw new ShapeException(
          "maskedScatter: the mask has "
              + wanted
              + " true, the source "
              + source.shape()
              + " only "
              + source.elements()
              + " elements");
    }
    if (wanted == 0) {
      return x.copy();
    }
    var places = wide.reshape(-1).to(DType.I64).cumsum(0).sub(1).clamp(0, 1e18);
    var laid = source.reshape(-1).indexSelect(0, places).reshape(shape.toArray());
    return Tensor.where(wide, laid, x);
  }

  /** A copy of x with {@code part} where {@code place} looks. */
  static Tensor written(String name, Tensor x, Tensor part, UnaryOperator<Tensor> place) {
    Dispatch.common(name, x, part);
    requireSameType(name, x, part);
    var out = x.detach().copy();
    var hole = place.apply(out);
    if (!hole.shape().equals(part.shape())) {
      throw new ShapeException(
          name + ": a source of shape " + part.shape() + " where " + hole.shape() + " would fit");
    }
    Dispatch.copy(part, hole);
    return Tape.record(
        name,
        out,
        g ->
            gradients(
                x.requiresGrad()
                    ? written(name, g, Tensor.zeros(g.device(), g.dtype(), part.shape()), place)
                    : null,
                part.requiresGrad() ? place.apply(g) : null),
        x,
        part);
  }
}
