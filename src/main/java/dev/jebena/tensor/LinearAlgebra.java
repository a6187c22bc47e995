package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.Activation;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;

/** Matrix products. */
final class LinearAlgebra {
  private LinearAlgebra() {}

  /** Products as NumPy's {@code @}: the last two axes multiply, the others broadcast. */
  static Tensor matmul(Tensor x, Tensor y) {
    Dispatch.common("matmul", x, y);
    if (x.rank() == 0 || y.rank() == 0) {
      throw new ShapeException(
          "matmul: takes tensors of rank 1 or more, got " + x.shape() + " and " + y.shape());
    }
    if (x.dtype() == DType.BOOL || y.dtype() == DType.BOOL) {
      throw new DTypeException("matmul: takes numbers, got bool; convert with to(DType.F32)");
    }
    var dtype = DType.promote(x.dtype(), y.dtype());
    var a = x.to(dtype);
    var b = y.to(dtype);
    checkInner(a, b);
    if (a.rank() == 1 && b.rank() == 1) {
      return matmul(a.unsqueeze(0), b.unsqueeze(1)).reshape();
    }
    if (a.rank() == 1) {
      return matmul(a.unsqueeze(0), b).squeeze(-2);
    }
    if (b.rank() == 1) {
      return matmul(a, b.unsqueeze(1)).squeeze(-1);
    }
    if (b.rank() == 2 && a.rank() > 2) {
      // one tall product instead of many: [B, T, K] · [K, N] = [B·T, K] · [K, N]
      long[] sizes = a.shape().toArray();
      sizes[sizes.length - 1] = b.size(1);
      return product(a.reshape(flattened(a.shape())), b).reshape(sizes);
    }
    var lead = Shape.broadcast("matmul (leading axes)", leading(a.shape()), leading(b.shape()));
    return product(
        a.expand(joined(lead, a.size(-2), a.size(-1))),
        b.expand(joined(lead, b.size(-2), b.size(-1))));
  }

  private static Tensor product(Tensor a, Tensor b) {
    return Tape.record(
        "matmul",
        Tape.computed(
            "matmul", () -> gradients(Dispatch.matmul(a, b, a.shape().with(-1, b.size(-1)))))[0],
        g ->
            gradients(
                a.requiresGrad() ? g.matmul(b.transpose()) : null,
                b.requiresGrad() ? a.transpose().matmul(g) : null),
        a,
        b);
  }

  /**
   * {@code f(x · weightᵀ + bias) + residual}: {@code [..., K]} with {@code [N, K]} and {@code [N]}
   * or null gives {@code [..., N]}.
   */
  static Tensor linear(Tensor x, Tensor weight, Tensor bias, Activation f, Tensor residual) {
    Dispatch.common("linear", x, weight);
    if (weight.rank() != 2 || x.rank() < 1 || x.size(-1) != weight.size(1)) {
      throw new ShapeException(
          "linear: input "
              + x.shape()
              + " and weight "
              + weight.shape()
              + " do not fit: a weight [out, in] takes an input [..., in]");
    }
    if (bias != null && !bias.shape().equals(Shape.of(weight.size(0)))) {
      throw new ShapeException(
          "linear: bias "
              + bias.shape()
              + " and weight "
              + weight.shape()
              + " do not fit: the bias must be ["
              + weight.size(0)
              + "]");
    }
    if (x.dtype() != weight.dtype()) {
      throw new DTypeException(
          "linear: input is " + x.dtype() + ", weight is " + weight.dtype() + "; convert one");
    }
    long[] sizes = x.shape().toArray();
    sizes[sizes.length - 1] = weight.size(0);
    if (residual != null && !residual.shape().equals(Shape.of(sizes))) {
      throw new ShapeException(
          "linear: residual " + residual.shape() + " and result " + Shape.of(sizes) + " differ");
    }
    return FusedLinear.of(x.reshape(flattened(x.shape())), weight, bias, f, residual)
        .reshape(sizes);
  }

  private static void checkInner(Tensor a, Tensor b) {
    long k = a.size(-1);
    long inner = b.size(Math.max(-2, -b.rank()));
    if (k != inner) {
      var hint = "";
      if (a.rank() > 1 && b.rank() > 1) {
        hint =
            k == b.size(-1)
                ? "; did you mean b.transpose()?"
                : a.size(-2) == inner ? "; did you mean a.transpose()?" : "";
      }
      throw new ShapeException(
          "matmul: inner dimensions differ: "
              + a.shape()
              + " · "
              + b.shape()
              + " ("
              + k
              + " ≠ "
              + inner
              + ")"
              + hint);
    }
  }

  private static long[] flattened(Shape shape) {
    long last = shape.size(-1);
    long rows = 1;
    for (int i = 0; i < shape.rank() - 1; i++) {
      rows *= shape.size(i);
    }
    return new long[] {rows, last};
  }

  private static Shape leading(Shape shape) {
    return shape.without(-1).without(-1);
  }

  private static Shape joined(Shape lead, long rows, long columns) {
    long[] sizes = new long[lead.rank() + 2];
    System.arraycopy(lead.toArray(), 0, sizes, 0, lead.rank());
    sizes[lead.rank()] = rows;
    sizes[lead.rank() + 1] = columns;
    return Shape.of(sizes);
  }
}
