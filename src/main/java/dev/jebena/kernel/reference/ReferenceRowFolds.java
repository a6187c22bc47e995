package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RowFoldKernel;

/** Two-pass folds of rows as in the textbook. */
final class ReferenceRowFolds implements RowFoldKernel {
  @Override
  public void logSumExp(Operand xOperand, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    int axis = x.shape().rank() - 1;
    Rows.forEach(
        x.shape(),
        row -> {
          double max = Double.NEGATIVE_INFINITY;
          for (long i = 0; i < x.size(-1); i++) {
            max = Math.max(max, x.real(Coordinates.with(row, axis, i)));
          }
          double sum = 0;
          for (long i = 0; i < x.size(-1); i++) {
            sum += StrictMath.exp(x.real(Coordinates.with(row, axis, i)) - max);
          }
          // an infinite maximum would make inf − inf
          double y = Double.isInfinite(max) ? max : max + StrictMath.log(sum);
          out.set(y, Coordinates.with(row, axis, 0));
        });
  }

  @Override
  public void moments(Operand xOperand, Operand meanOperand, Operand squaresOperand) {
    var x = Elements.of(xOperand);
    var mean = Elements.of(meanOperand);
    var squares = Elements.of(squaresOperand);
    int axis = x.shape().rank() - 1;
    Rows.forEach(
        x.shape(),
        row -> {
          double sum = 0;
          for (long i = 0; i < x.size(-1); i++) {
            sum += x.real(Coordinates.with(row, axis, i));
          }
          double m = sum / x.size(-1);
          double total = 0;
          for (long i = 0; i < x.size(-1); i++) {
            double d = x.real(Coordinates.with(row, axis, i)) - m;
            total += d * d;
          }
          mean.set(m, Coordinates.with(row, axis, 0));
          squares.set(total, Coordinates.with(row, axis, 0));
        });
  }
}
