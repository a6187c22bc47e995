package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RmsNormKernel;

/** RMSNorm and its gradient, row by row. */
final class ReferenceRmsNorm implements RmsNormKernel {
  @Override
  public void forward(
      Operand xOperand,
      Operand residualOperand,
      Operand weightOperand,
      double eps,
      Operand sumOperand,
      Operand outOperand,
      Operand reciprocalOperand) {
    var h = ReferenceLayerNorm.residual(xOperand, residualOperand, sumOperand);
    var out = Elements.of(outOperand);
    var reciprocal = Elements.of(reciprocalOperand);
    int width = h.size(1);
    double[] weight = ReferenceLayerNorm.orElse(weightOperand, width, 1);
    for (long n = 0; n < h.size(0); n++) {
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += h.real(n, i) * h.real(n, i);
      }
      double r = 1 / Math.sqrt(squares / width + eps);
      reciprocal.set(r, n);
      for (int i = 0; i < width; i++) {
        out.set(h.real(n, i) * r * weight[i], n, i);
      }
    }
  }

  @Override
  public void backward(
      Operand hOperand,
      Operand weightOperand,
      Operand reciprocalOperand,
      Operand gyOperand,
      Operand furtherOperand,
      Operand ghOperand,
      Operand gWeightOperand) {
    var h = Elements.of(hOperand);
    var reciprocal = Elements.of(reciprocalOperand);
    var gy = Elements.of(gyOperand);
    var further = furtherOperand == null ? null : Elements.of(furtherOperand);
    var gh = Elements.of(ghOperand);
    int width = h.size(1);
    double[] weight = ReferenceLayerNorm.orElse(weightOperand, width, 1);
    double[] gWeight = new double[width];
    for (long n = 0; n < h.size(0); n++) {
      double r = reciprocal.real(n);
      double product = 0;
      for (int i = 0; i < width; i++) {
        product += gy.real(n, i) * weight[i] * h.real(n, i);
        gWeight[i] += gy.real(n, i) * h.real(n, i) * r;
      }
      for (int i = 0; i < width; i++) {
        double g = gy.real(n, i) * weight[i];
        double other = further == null ? 0 : further.real(n, i);
        gh.set(r * g - h.real(n, i) * r * r * r * product / width + other, n, i);
      }
    }
    ReferenceLayerNorm.write(gWeight, gWeightOperand);
  }
}
