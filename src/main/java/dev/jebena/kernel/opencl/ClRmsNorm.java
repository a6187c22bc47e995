package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RmsNormKernel;

/** {@link RowNorms} without means. */
final class ClRmsNorm implements RmsNormKernel {
  private final RowNorms norms;

  ClRmsNorm(RowNorms norms) {
    this.norms = norms;
  }

  @Override
  public void forward(
      Operand x,
      Operand residual,
      Operand weight,
      double eps,
      Operand sum,
      Operand out,
      Operand reciprocal) {
    norms.rmsForward(x, residual, weight, eps, sum, out, reciprocal);
  }

  @Override
  public void backward(
      Operand h,
      Operand weight,
      Operand reciprocal,
      Operand gy,
      Operand further,
      Operand gh,
      Operand gWeight) {
    norms.backward(h, weight, null, reciprocal, gy, further, gh, gWeight, null);
  }
}
