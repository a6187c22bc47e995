package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.LayerNormKernel;

/** LayerNorm and its gradient, row by row. */
final class ReferenceLayerNorm implements LayerNormKernel {
  @Override
  public void forward(
      Operand xOperand,
      Operand residualOperand,
      Operand weightOperand,
      Operand biasOperand,
      double eps,
      Operand sumOperand,
      Operand outOperand,
      Operand meanOperand,
      Operand reciprocalOperand) {
    var h = residual(xOperand, residualOperand, sumOperand);
    var out = Elements.of(outOperand);
    var mean = Elements.of(meanOperand);
    var reciprocal = Elements.of(reciprocalOperand);
    double[] weight = orElse(weightOperand, h.size(1), 1);
    double[] bias = orElse(biasOperand, h.size(1), 0);
    int width = h.size(1);
    for (long n = 0; n < h.size(0); n++) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += h.real(n, i);
      }
      double m = sum / width;
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += (h.real(n, i) - m) * (h.real(n, i) - m);
      }
      double r = 1 / Math.sqrt(squares / width + eps);
      mean.set(m, n);
      reciprocal.set(r, n);
      for (int i = 0; i < width; i++) {
        out.set((h.real(n, i) - m) * r * weight[i] + bias[i], n, i);
      }
    }
  }

  /** x itself, or the sum of x and a residual after it was written. */
  static Elements residual(Operand xOperand, Operand residualOperand, Operand sumOperand) {
    var x = Elements.of(xOperand);
    if (residualOperand == null) {
      return x;
    }
    var residual = Elements.of(residualOperand);
    var sum = Elements.of(sumOperand);
    Coordinates.forEach(x.shape(), at -> sum.set(x.real(at) + residual.real(at), at));
    return sum;
  }

  /** The elements of a row, or {@code otherwise} in every place where there is none. */
  static double[] orElse(Operand operand, int width, double otherwise) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = operand == null ? otherwise : Elements.of(operand).real(i);
    }
    return values;
  }

  /** Writes a row that somebody may have asked for. */
  static void write(double[] values, Operand operand) {
    if (operand != null) {
      var out = Elements.of(operand);
      for (int i = 0; i < values.length; i++) {
        out.set(values[i], i);
      }
    }
  }

  @Override
  public void backward(
      Operand hOperand,
      Operand weightOperand,
      Operand meanOperand,
      Operand reciprocalOperand,
      Operand gyOperand,
      Operand furtherOperand,
      Operand ghOperand,
      Operand gWeightOperand,
      Operand gBiasOperand) {
    var h = Elements.of(hOperand);
    var mean = Elements.of(meanOperand);
    var reciprocal = Elements.of(reciprocalOperand);
    var gy = Elements.of(gyOperand);
    var further = furtherOperand == null ? null : Elements.of(furtherOperand);
    var gh = Elements.of(ghOperand);
    int width = h.size(1);
    double[] weight = orElse(weightOperand, width, 1);
    double[] gWeight = new double[width];
    double[] gBias = new double[width];
    for (long n = 0; n < h.size(0); n++) {
      double m = mean.real(n);
      double r = reciprocal.real(n);
      double sum = 0;
      double product = 0;
      for (int i = 0; i < width; i++) {
        double normal = (h.real(n, i) - m) * r;
        double g = gy.real(n, i) * weight[i];
        sum += g;
        product += g * normal;
        gWeight[i] += gy.real(n, i) * normal;
        gBias[i] += gy.real(n, i);
      }
      for (int i = 0; i < width; i++) {
        double normal = (h.real(n, i) - m) * r;
        double g = gy.real(n, i) * weight[i];
        double other = further == null ? 0 : further.real(n, i);
        gh.set(r * (g - sum / width - normal * product / width) + other, n, i);
      }
    }
    write(gWeight, gWeightOperand);
    write(gBias, gBiasOperand);
  }
}
