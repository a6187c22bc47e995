package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.LayerNormKernel;

/** {@link RowNorms} with means. */
final class ClLayerNorm implements LayerNormKernel {
  private final RowNorms norms;

  ClLayerNorm(RowNorms norms) {
    this.norms = norms;
  }

  @Override
  public void forward(
      Operand x,
      Operand residual,
      Operand weight,
      Operand bias,
      double eps,
      Operand sum,
      Operand out,
      Operand mean,
      Operand reciprocal) {
    norms.layerForward(x, residual, weight, bias, eps, sum, out, mean, reciprocal);
  }

  @Override
  public void backward(
      Operand h,
      Operand weight,
      Operand mean,
      Operand reciprocal,
      Operand gy,
      Operand further,
      Operand gh,
      Operand gWeight,
      Operand gBias) {
    norms.backward(h, weight, mean, reciprocal, gy, further, gh, gWeight, gBias);
  }
}
