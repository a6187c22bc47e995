package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;

/**
 * Kernels that fold an axis. Sums and products of floats accumulate in f64 and are rounded once.
 */
final class Reductions {
  private Reductions() {}

  static void reduce(ReduceOp op, Operand xOperand, int[] axes, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    var folded = foldedPart(x.shape(), axes);
    Coordinates.forEach(
        out.shape(),
        outAt -> {
          if (x.isFloat() && op != ReduceOp.ANY && op != ReduceOp.ALL) {
            double[] total = {neutral(op)};
            Coordinates.forEach(
                folded, at -> total[0] = combine(op, total[0], x.real(sum(outAt, at))));
            out.set(total[0], outAt);
          } else {
            long[] total = {neutral(op, x.dtype())};
            Coordinates.forEach(
                folded, at -> total[0] = combine(op, total[0], x.whole(sum(outAt, at))));
            out.set(total[0], outAt);
          }
        });
  }

  /** The shape of what is folded into one output element: 1 along the axes that stay. */
  private static Shape foldedPart(Shape shape, int[] axes) {
    long[] sizes = new long[shape.rank()];
    java.util.Arrays.fill(sizes, 1);
    for (int axis : axes) {
      sizes[shape.axis("reduce", axis)] = shape.size(axis);
    }
    return Shape.of(sizes);
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static double neutral(ReduceOp op) {
    return switch (op) {
      case SUM -> 0;
      case PROD -> 1;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
      case ANY, ALL -> throw new IllegalArgumentException(op + " of floats");
    };
  }

  /** The smallest value of a type for MAX, the largest for MIN. */
  private static long neutral(ReduceOp op, DType dtype) {
    return switch (op) {
      case SUM, ANY -> 0;
      case PROD, ALL -> 1;
      case MAX ->
          switch (dtype) {
            case I64 -> Long.MIN_VALUE;
            case I32 -> Integer.MIN_VALUE;
            case I16 -> Short.MIN_VALUE;
            case I8 -> Byte.MIN_VALUE;
            default -> 0;
          };
      case MIN ->
          switch (dtype) {
            case I64 -> Long.MAX_VALUE;
            case I32 -> Integer.MAX_VALUE;
            case I16 -> Short.MAX_VALUE;
            case I8 -> Byte.MAX_VALUE;
            case U8 -> 255;
            default -> 1;
          };
    };
  }

  private static double combine(ReduceOp op, double total, double x) {
    return switch (op) {
      case SUM -> total + x;
      case PROD -> total * x;
      case MAX -> Math.max(total, x);
      case MIN -> Math.min(total, x);
      case ANY, ALL -> throw new IllegalArgumentException(op + " of floats");
    };
  }

  private static long combine(ReduceOp op, long total, long x) {
    return switch (op) {
      case SUM -> total + x;
      case PROD -> total * x;
      case MAX -> Math.max(total, x);
      case MIN -> Math.min(total, x);
      case ANY -> total | (x != 0 ? 1 : 0);
      case ALL -> total & (x != 0 ? 1 : 0);
    };
  }

  static void argReduce(ReduceOp op, Operand xOperand, int axis, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        outAt -> {
          long best = 0;
          for (long i = 1; i < x.size(axis); i++) {
            if (beats(
                op, x, Coordinates.with(outAt, axis, i), Coordinates.with(outAt, axis, best))) {
              best = i;
            }
          }
          out.set(best, outAt);
        });
  }

  /** Whether the element at {@code a} is strictly better than that at {@code b}; NaN is best. */
  private static boolean beats(ReduceOp op, Elements x, long[] a, long[] b) {
    if (!x.isFloat()) {
      return op == ReduceOp.MAX ? x.whole(a) > x.whole(b) : x.whole(a) < x.whole(b);
    }
    double va = x.real(a);
    double vb = x.real(b);
    if (Double.isNaN(va) || Double.isNaN(vb)) {
      return !Double.isNaN(vb);
    }
    return op == ReduceOp.MAX ? va > vb : va < vb;
  }

  static void cumulativeSum(Operand xOperand, int axis, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    if (x.shape().elements() == 0) {
      return;
    }
    Coordinates.forEach(
        x.shape().with(axis, 1),
        start -> {
          double real = 0;
          long whole = 0;
          for (long i = 0; i < x.size(axis); i++) {
            long[] at = Coordinates.with(start, axis, i);
            if (x.isFloat()) {
              real += x.real(at);
              out.set(real, at);
            } else {
              whole += x.whole(at);
              out.set(whole, at);
            }
          }
        });
  }
}
