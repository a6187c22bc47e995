package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SquaresKernel;

/** Σ x² in f64, one element after the other. */
final class ReferenceSquares implements SquaresKernel {
  @Override
  public void sum(Operand[] operands, Operand out) {
    double[] sum = {0};
    for (var operand : operands) {
      var x = Elements.of(operand);
      Coordinates.forEach(x.shape(), at -> sum[0] += x.real(at) * x.real(at));
    }
    Elements.of(out).set(sum[0]);
  }
}
