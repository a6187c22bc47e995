package dev.jebena.tensor;

import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Products of vectors, matrices and tensors, all of them {@link Tensor#matmul} or element-wise
 * products in other words; their gradients are those.
 */
final class Products {
  private Products() {}

  private static void requireRanks(String operation, Tensor a, int rankA, Tensor b, int rankB) {
    if (a.rank() != rankA || b.rank() != rankB) {
      throw new ShapeException(
          operation
              + ": takes ranks "
              + rankA
              + " and "
              + rankB
              + ", got shapes "
              + a.shape()
              + " and "
              + b.shape());
    }
  }

  private static void requireEqual(
      String operation, Tensor a, int axisA, Tensor b, int axisB, String reason) {
    if (a.size(axisA) != b.size(axisB)) {
      throw new ShapeException(
          operation
              + ": shapes "
              + a.shape()
              + " and "
              + b.shape()
              + " do not fit: "
              + a.size(axisA)
              + " ≠ "
              + b.size(axisB)
              + " "
              + reason);
    }
  }

  static Tensor dot(Tensor a, Tensor b) {
    requireRanks("dot", a, 1, b, 1);
    requireEqual("dot", a, 0, b, 0, "elements");
    return a.matmul(b);
  }

  static Tensor mv(Tensor matrix, Tensor vector) {
    requireRanks("mv", matrix, 2, vector, 1);
    requireEqual("mv", matrix, 1, vector, 0, "(columns of the matrix, elements of the vector)");
    return matrix.matmul(vector);
  }

  static Tensor mm(Tensor a, Tensor b) {
    requireRanks("mm", a, 2, b, 2);
    return a.matmul(b);
  }

  static Tensor bmm(Tensor a, Tensor b) {
    requireRanks("bmm", a, 3, b, 3);
    requireEqual("bmm", a, 0, b, 0, "matrices; matmul broadcasts");
    return a.matmul(b);
  }

  /** {@code beta·c + alpha·product}. */
  private static Tensor plus(
      String operation, Tensor c, Tensor product, double beta, double alpha) {
    var scaled = alpha == 1 ? product : product.mul(alpha);
    if (c.rank() > scaled.rank()
        || !Shape.broadcast(operation, c.shape(), scaled.shape()).equals(scaled.shape())) {
      throw new ShapeException(
          operation
              + ": shape "
              + c.shape()
              + " does not broadcast to the product's "
              + scaled.shape());
    }
    // as in BLAS, beta = 0 keeps even a NaN of c out
    return beta == 0 ? scaled : scaled.add(beta == 1 ? c : c.mul(beta));
  }

  static Tensor addmm(Tensor c, Tensor a, Tensor b, double beta, double alpha) {
    requireRanks("addmm", a, 2, b, 2);
    return plus("addmm", c, a.matmul(b), beta, alpha);
  }

  static Tensor addmv(Tensor c, Tensor matrix, Tensor vector, double beta, double alpha) {
    requireRanks("addmv", matrix, 2, vector, 1);
    requireEqual("addmv", matrix, 1, vector, 0, "(columns of the matrix, elements of the vector)");
    return plus("addmv", c, matrix.matmul(vector), beta, alpha);
  }

  static Tensor baddbmm(Tensor c, Tensor a, Tensor b, double beta, double alpha) {
    requireRanks("baddbmm", a, 3, b, 3);
    requireEqual("baddbmm", a, 0, b, 0, "matrices");
    return plus("baddbmm", c, a.matmul(b), beta, alpha);
  }

  static Tensor outer(Tensor a, Tensor b) {
    requireRanks("outer", a, 1, b, 1);
    Elementwise.requireNumbers("outer", a.dtype() == DType.BOOL ? b : a);
    return a.unsqueeze(1).mul(b);
  }

  /**
   * Sums over the last axis of both: {@code [A..., K]} and {@code [B..., K]} to {@code [A...,
   * B...]}.
   */
  static Tensor inner(Tensor a, Tensor b) {
    if (a.rank() == 0 || b.rank() == 0) {
      return a.mul(b);
    }
    requireEqual("inner", a, -1, b, -1, "along the last axis");
    return tensordot(a, b, new int[] {-1}, new int[] {-1});
  }

  /** Sums over pairs of axes; what is left of a stands before what is left of b. */
  static Tensor tensordot(Tensor a, Tensor b, int[] axesA, int[] axesB) {
    if (axesA.length != axesB.length) {
      throw new ShapeException(
          "tensordot: "
              + Arrays.toString(axesA)
              + " and "
              + Arrays.toString(axesB)
              + " must be pairs of axes");
    }
    int[] x = normalised(a, axesA);
    int[] y = normalised(b, axesB);
    for (int i = 0; i < x.length; i++) {
      requireEqual("tensordot", a, x[i], b, y[i], "(axis " + x[i] + " against axis " + y[i] + ")");
    }
    var sizes = new ArrayList<Long>();
    int[] freeA = others(a, x, sizes);
    int[] freeB = others(b, y, sizes);
    long k = Arrays.stream(x).mapToLong(a::size).reduce(1, (p, q) -> p * q);
    long rows = Arrays.stream(freeA).mapToLong(a::size).reduce(1, (p, q) -> p * q);
    long columns = Arrays.stream(freeB).mapToLong(b::size).reduce(1, (p, q) -> p * q);
    var left = a.permute(joined(freeA, x)).reshape(rows, k);
    var right = b.permute(joined(y, freeB)).reshape(k, columns);
    return left.matmul(right).reshape(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  private static int[] normalised(Tensor x, int[] axes) {
    int[] from0 = Arrays.stream(axes).map(i -> x.shape().axis("tensordot", i)).toArray();
    if (Arrays.stream(from0).distinct().count() != from0.length) {
      throw new ShapeException(
          "tensordot: an axis stands twice in " + Arrays.toString(axes) + " of shape " + x.shape());
    }
    return from0;
  }

  private static int[] others(Tensor x, int[] axes, ArrayList<Long> sizes) {
    int[] free = new int[x.rank() - axes.length];
    int at = 0;
    for (int i = 0; i < x.rank(); i++) {
      int axis = i;
      if (Arrays.stream(axes).noneMatch(a -> a == axis)) {
        free[at++] = i;
        sizes.add(x.size(i));
      }
    }
    return free;
  }

  private static int[] joined(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** Every element of a times all of b: {@code [A, B]} and {@code [C, D]} to {@code [A·C, B·D]}. */
  static Tensor kron(Tensor a, Tensor b) {
    int rank = Math.max(a.rank(), b.rank());
    long[] left = new long[2 * rank];
    long[] right = new long[2 * rank];
    long[] sizes = new long[rank];
    for (int i = 0; i < rank; i++) {
      long m = i < rank - a.rank() ? 1 : a.size(i - (rank - a.rank()));
      long n = i < rank - b.rank() ? 1 : b.size(i - (rank - b.rank()));
      left[2 * i] = m;
      left[2 * i + 1] = 1;
      right[2 * i] = 1;
      right[2 * i + 1] = n;
      sizes[i] = m * n;
    }
    return a.reshape(left).mul(b.reshape(right)).reshape(sizes);
  }

  /** By repeated squaring: ⌈log₂ n⌉ squares and as many products as n has further bits. */
  static Tensor matrixPower(Tensor x, int n) {
    if (x.rank() < 2 || x.size(-1) != x.size(-2)) {
      throw new ShapeException("matrixPower: takes square matrices, got shape " + x.shape());
    }
    if (n < 0) {
      throw new IllegalArgumentException(
          "matrixPower: exponent " + n + " would need an inverse; 0 or more would fit");
    }
    Dispatch.requireFloat("matrixPower", x);
    if (n == 0) {
      var eye = Tensor.zeros(x.device(), x.dtype(), x.shape());
      Dispatch.fill(eye.diagonal(0, -2, -1), 1);
      return eye.add(x.mul(0)); // part of the graph, with a gradient of 0
    }
    Tensor power = null;
    var square = x;
    for (int left = n; ; square = square.matmul(square)) {
      if ((left & 1) == 1) {
        power = power == null ? square : power.matmul(square);
      }
      left >>= 1;
      if (left == 0) {
        return power == x ? x.copy() : power;
      }
    }
  }

  /** {@code a₁b₂ − a₂b₁} and so on round, for vectors of three along an axis. */
  static Tensor cross(Tensor a, Tensor b, int axis) {
    if (a.dtype() != b.dtype()) {
      throw new DTypeException("cross: " + a.dtype() + " times " + b.dtype() + "; convert one");
    }
    var shape = Shape.broadcast("cross", a.shape(), b.shape());
    int at = shape.axis("cross", axis);
    if (shape.size(at) != 3 || a.rank() != b.rank()) {
      throw new ShapeException(
          "cross: takes tensors of one rank with vectors of 3 along axis "
              + at
              + ", got shapes "
              + a.shape()
              + " and "
              + b.shape());
    }
    var x = a.expand(shape);
    var y = b.expand(shape);
    return x.roll(-1, at).mul(y.roll(-2, at)).sub(x.roll(-2, at).mul(y.roll(-1, at)));
  }

  /** Distances of rows: {@code [..., P, M]} and {@code [..., R, M]} to {@code [..., P, R]}. */
  static Tensor cdist(Tensor a, Tensor b) {
    if (a.rank() < 2 || b.rank() < 2) {
      throw new ShapeException(
          "cdist: takes matrices of rows, got shapes " + a.shape() + " and " + b.shape());
    }
    requireEqual("cdist", a, -1, b, -1, "columns");
    Dispatch.requireFloat("cdist", a);
    Dispatch.requireFloat("cdist", b);
    var dtype = DType.promote(a.dtype(), b.dtype());
    var wide = DType.promote(dtype, DType.F32);
    var apart = a.to(wide).unsqueeze(-2).sub(b.to(wide).unsqueeze(-3));
    return apart.norm(new int[] {-1}, false).to(dtype);
  }
}
