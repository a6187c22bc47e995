package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RmsNormKernel;

/** RMSNorm and its gradient, row by row. */
final class ReferenceRmsNorm implements RmsNormKernel {
  @Override
  public void forward(
      Operand xOperand,
      Operand weightOperand,
      double eps,
      Operand outOperand,
      Operand reciprocalOperand) {
    var x = Elements.of(xOperand);
    var weight = Elements.of(weightOperand);
    var out = Elements.of(outOperand);
    var reciprocal = Elements.of(reciprocalOperand);
    int width = x.size(1);
    for (long n = 0; n < x.size(0); n++) {
      double squares = 0;
      for (long i = 0; i < width; i++) {
        squares += x.real(n, i) * x.real(n, i);
      }
      double r = 1 / Math.sqrt(squares / width + eps);
      reciprocal.set(r, n);
      for (long i = 0; i < width; i++) {
        out.set(x.real(n, i) * r * weight.real(i), n, i);
      }
    }
  }

  @Override
  public void backward(
      Operand xOperand,
      Operand weightOperand,
      Operand reciprocalOperand,
      Operand gyOperand,
      Operand gxOperand,
      Operand gWeightOperand) {
    var x = Elements.of(xOperand);
    var weight = Elements.of(weightOperand);
    var reciprocal = Elements.of(reciprocalOperand);
    var gy = Elements.of(gyOperand);
    var gx = Elements.of(gxOperand);
    int width = x.size(1);
    double[] gWeight = new double[width];
    for (long n = 0; n < x.size(0); n++) {
      double r = reciprocal.real(n);
      double product = 0;
      for (int i = 0; i < width; i++) {
        product += gy.real(n, i) * weight.real(i) * x.real(n, i);
        gWeight[i] += gy.real(n, i) * x.real(n, i) * r;
      }
      for (int i = 0; i < width; i++) {
        double h = gy.real(n, i) * weight.real(i);
        gx.set(r * h - x.real(n, i) * r * r * r * product / width, n, i);
      }
    }
    var out = Elements.of(gWeightOperand);
    for (int i = 0; i < width; i++) {
      out.set(gWeight[i], i);
    }
  }
}
