package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ScanOp;

/** Running folds along an axis; the running sum stands with the sums in {@link Reductions}. */
final class Scans {
  private Scans() {}

  static void scan(ScanOp op, Operand xOperand, int axis, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    if (x.shape().elements() == 0) {
      return;
    }
    Coordinates.forEach(
        x.shape().with(axis, 1),
        start -> {
          if (op.index()) {
            extremes(op == ScanOp.ARG_MAX, x, start, axis, out);
          } else if (x.isFloat()) {
            reals(op, x, start, axis, out);
          } else {
            wholes(op, x, start, axis, out);
          }
        });
  }

  private static void extremes(boolean max, Elements x, long[] start, int axis, Elements out) {
    long best = 0;
    for (long i = 0; i < x.size(axis); i++) {
      long[] at = Coordinates.with(start, axis, i);
      if (reaches(max, x, at, Coordinates.with(start, axis, best))) {
        best = i;
      }
      out.set(best, at);
    }
  }

  /** Whether the element at {@code a} is as good as that at {@code b} or better. */
  private static boolean reaches(boolean max, Elements x, long[] a, long[] b) {
    if (!x.isFloat()) {
      return max ? x.whole(a) >= x.whole(b) : x.whole(a) <= x.whole(b);
    }
    double va = x.real(a);
    double vb = x.real(b);
    return Double.isNaN(va) || (max ? va >= vb : va <= vb);
  }

  private static void reals(ScanOp op, Elements x, long[] start, int axis, Elements out) {
    double total = op == ScanOp.PROD ? 1 : Double.NEGATIVE_INFINITY;
    for (long i = 0; i < x.size(axis); i++) {
      long[] at = Coordinates.with(start, axis, i);
      total = op == ScanOp.PROD ? total * x.real(at) : logAddExp(total, x.real(at));
      out.set(total, at);
    }
  }

  /** {@code log(exp(a) + exp(b))}. */
  private static double logAddExp(double a, double b) {
    if (a == b && Double.isInfinite(a)) {
      return a; // the difference of equal infinities is no number
    }
    return Math.max(a, b) + StrictMath.log1p(StrictMath.exp(-Math.abs(a - b)));
  }

  private static void wholes(ScanOp op, Elements x, long[] start, int axis, Elements out) {
    if (op != ScanOp.PROD) {
      throw new IllegalArgumentException(op + " of integers: convert to a floating type before");
    }
    long total = 1;
    for (long i = 0; i < x.size(axis); i++) {
      long[] at = Coordinates.with(start, axis, i);
      total *= x.whole(at);
      out.set(total, at);
    }
  }
}
