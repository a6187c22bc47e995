package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SoftmaxKernel;

/** Softmax as in the textbook, less the largest element so that no exponential overflows. */
final class ReferenceSoftmax implements SoftmaxKernel {
  @Override
  public void forward(Operand xOperand, boolean log, Operand outOperand) {
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
          double logSum = StrictMath.log(sum);
          for (long i = 0; i < x.size(-1); i++) {
            long[] at = Coordinates.with(row, axis, i);
            double shifted = x.real(at) - max;
            out.set(log ? shifted - logSum : StrictMath.exp(shifted) / sum, at);
          }
        });
  }

  @Override
  public void backward(Operand yOperand, Operand gyOperand, boolean log, Operand gxOperand) {
    var y = Elements.of(yOperand);
    var gy = Elements.of(gyOperand);
    var gx = Elements.of(gxOperand);
    int axis = y.shape().rank() - 1;
    Rows.forEach(
        y.shape(),
        row -> {
          double sum = 0;
          for (long i = 0; i < y.size(-1); i++) {
            long[] at = Coordinates.with(row, axis, i);
            sum += log ? gy.real(at) : gy.real(at) * y.real(at);
          }
          for (long i = 0; i < y.size(-1); i++) {
            long[] at = Coordinates.with(row, axis, i);
            double g = gy.real(at);
            gx.set(log ? g - StrictMath.exp(y.real(at)) * sum : y.real(at) * (g - sum), at);
          }
        });
  }
}
