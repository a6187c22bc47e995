package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;

/** Logits of one row at a time, its loss, and what its gradient adds to those of both factors. */
final class ReferenceLinearCrossEntropy implements LinearCrossEntropyKernel {
  @Override
  public void forward(
      Operand xOperand,
      Operand weightOperand,
      Operand targetsOperand,
      CrossEntropyTerms terms,
      Operand lossOperand,
      Operand gxOperand,
      Operand gWeightOperand) {
    var x = Elements.of(xOperand);
    var weight = Elements.of(weightOperand);
    var targets = Elements.of(targetsOperand);
    int rows = x.size(0);
    int width = x.size(1);
    int classes = weight.size(0);
    int counted = 0;
    for (int n = 0; n < rows; n++) {
      if (ReferenceCrossEntropy.target(targets, n, classes, terms) != terms.ignored()) {
        counted++;
      }
    }
    double sum = 0;
    double[][] gx = new double[rows][width];
    double[][] gWeight = new double[classes][width];
    for (int n = 0; n < rows; n++) {
      var y = ReferenceCrossEntropy.capped(logits(x, weight, n), terms);
      double lse = ReferenceCrossEntropy.logSumExp(y);
      long target = targets.whole(n);
      sum += ReferenceCrossEntropy.loss(y, lse, target, terms);
      if (target == terms.ignored()) {
        continue;
      }
      double[] slopes = ReferenceCrossEntropy.slopes(y, lse, target, terms);
      for (int c = 0; c < classes; c++) {
        double g = slopes[c] / counted;
        for (int d = 0; d < width; d++) {
          gx[n][d] += g * weight.real(c, d);
          gWeight[c][d] += g * x.real(n, d);
        }
      }
    }
    Elements.of(lossOperand).set(sum / counted);
    write(gx, gxOperand);
    write(gWeight, gWeightOperand);
  }

  private static double[] logits(Elements x, Elements weight, int n) {
    double[] logits = new double[weight.size(0)];
    for (int c = 0; c < logits.length; c++) {
      for (int d = 0; d < x.size(1); d++) {
        logits[c] += x.real(n, d) * weight.real(c, d);
      }
    }
    return logits;
  }

  private static void write(double[][] values, Operand operand) {
    if (operand == null) {
      return;
    }
    var out = Elements.of(operand);
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < values[i].length; j++) {
        out.set(values[i][j], i, j);
      }
    }
  }

  @Override
  public void scale(Operand factorOperand, Operand gradientOperand) {
    double factor = Elements.of(factorOperand).real();
    var gradient = Elements.of(gradientOperand);
    Coordinates.forEach(gradient.shape(), at -> gradient.set(gradient.real(at) * factor, at));
  }
}
