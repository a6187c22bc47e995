package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.CrossEntropyKernel;

/** The negative log-probability of one target per row, and its gradient. */
final class ReferenceCrossEntropy implements CrossEntropyKernel {
  @Override
  public void forward(
      Operand logitsOperand,
      Operand targetsOperand,
      long ignored,
      Operand lossesOperand,
      Operand logSumExpOperand) {
    var logits = Elements.of(logitsOperand);
    var targets = Elements.of(targetsOperand);
    var losses = Elements.of(lossesOperand);
    var logSumExp = Elements.of(logSumExpOperand);
    int classes = logits.size(1);
    for (long n = 0; n < logits.size(0); n++) {
      double max = Double.NEGATIVE_INFINITY;
      for (long c = 0; c < classes; c++) {
        max = Math.max(max, logits.real(n, c));
      }
      double sum = 0;
      for (long c = 0; c < classes; c++) {
        sum += StrictMath.exp(logits.real(n, c) - max);
      }
      double lse = max + StrictMath.log(sum);
      logSumExp.set(lse, n);
      long target = targets.whole(n);
      losses.set(target == ignored ? 0 : lse - logits.real(n, check(target, n, classes)), n);
    }
  }

  private static long check(long target, long row, int classes) {
    if (target < 0 || target >= classes) {
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

  @Override
  public void backward(
      Operand logitsOperand,
      Operand targetsOperand,
      long ignored,
      Operand logSumExpOperand,
      Operand gOperand,
      Operand gLogitsOperand) {
    var logits = Elements.of(logitsOperand);
    var targets = Elements.of(targetsOperand);
    var logSumExp = Elements.of(logSumExpOperand);
    var g = Elements.of(gOperand);
    var gLogits = Elements.of(gLogitsOperand);
    for (long n = 0; n < logits.size(0); n++) {
      long target = targets.whole(n);
      for (long c = 0; c < logits.size(1); c++) {
        double p = StrictMath.exp(logits.real(n, c) - logSumExp.real(n));
        double change = p - (c == target ? 1 : 0);
        gLogits.set(target == ignored ? 0 : g.real(n) * change, n, c);
      }
    }
  }
}
