package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.CrossEntropyTerms;

/** The loss of one target per row, and its gradient. */
final class ReferenceCrossEntropy implements CrossEntropyKernel {
  @Override
  public void forward(
      Operand logitsOperand,
      Operand targetsOperand,
      CrossEntropyTerms terms,
      Operand lossesOperand,
      Operand logSumExpOperand) {
    var logits = Elements.of(logitsOperand);
    var targets = Elements.of(targetsOperand);
    var losses = Elements.of(lossesOperand);
    var logSumExp = Elements.of(logSumExpOperand);
    int classes = logits.size(1);
    for (int n = 0; n < logits.size(0); n++) {
      var y = capped(row(logits, n), terms);
      double lse = logSumExp(y);
      logSumExp.set(lse, n);
      losses.set(loss(y, lse, target(targets, n, classes, terms), terms), n);
    }
  }

  @Override
  public void backward(
      Operand logitsOperand,
      Operand targetsOperand,
      CrossEntropyTerms terms,
      Operand logSumExpOperand,
      Operand gOperand,
      Operand gLogitsOperand) {
    var logits = Elements.of(logitsOperand);
    var targets = Elements.of(targetsOperand);
    var logSumExp = Elements.of(logSumExpOperand);
    var g = Elements.of(gOperand);
    var gLogits = Elements.of(gLogitsOperand);
    int classes = logits.size(1);
    for (int n = 0; n < logits.size(0); n++) {
      var y = capped(row(logits, n), terms);
      long target = target(targets, n, classes, terms);
      double[] slopes = slopes(y, logSumExp.real(n), target, terms);
      for (int c = 0; c < classes; c++) {
        gLogits.set(g.real(n) * slopes[c], n, c);
      }
    }
  }

  private static double[] row(Elements logits, int n) {
    double[] row = new double[logits.size(1)];
    for (int c = 0; c < row.length; c++) {
      row[c] = logits.real(n, c);
    }
    return row;
  }

  /** The target of a row, which is a class or ignored. */
  static long target(Elements targets, long row, int classes, CrossEntropyTerms terms) {
    long target = targets.whole(row);
    if (target != terms.ignored() && (target < 0 || target >= classes)) {
      throw new IndexOutOfBoundsException(
          "crossEntropy: target "
              + target
              + " of row "
              + row
              + " is out of range for "
              + classes
              + " classes");
    }
    return target;
  }

  /** A row of logits in its bounds. */
  static double[] capped(double[] logits, CrossEntropyTerms terms) {
    double[] y = logits.clone();
    if (terms.capped()) {
      for (int c = 0; c < y.length; c++) {
        y[c] = terms.softCap() * StrictMath.tanh(y[c] / terms.softCap());
      }
    }
    return y;
  }

  static double logSumExp(double[] y) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : y) {
      max = Math.max(max, value);
    }
    double sum = 0;
    for (double value : y) {
      sum += StrictMath.exp(value - max);
    }
    return max + StrictMath.log(sum);
  }

  /** The loss of a row of capped logits. */
  static double loss(double[] y, double lse, long target, CrossEntropyTerms terms) {
    if (target == terms.ignored()) {
      return 0;
    }
    double mean = 0;
    for (double value : y) {
      mean += value / y.length;
    }
    double share = terms.labelSmoothing();
    double likely = (1 - share) * (lse - y[(int) target]) + share * (lse - mean);
    return likely + terms.zLoss() * lse * lse;
  }

  /** Its derivatives with respect to the logits before they were capped. */
  static double[] slopes(double[] y, double lse, long target, CrossEntropyTerms terms) {
    double[] slopes = new double[y.length];
    if (target == terms.ignored()) {
      return slopes;
    }
    double share = terms.labelSmoothing();
    for (int c = 0; c < y.length; c++) {
      double p = StrictMath.exp(y[c] - lse);
      double wanted = (c == target ? 1 - share : 0) + share / y.length;
      slopes[c] = p * (1 + 2 * terms.zLoss() * lse) - wanted;
      if (terms.capped()) {
        double t = y[c] / terms.softCap();
        slopes[c] *= 1 - t * t;
      }
    }
    return slopes;
  }
}
