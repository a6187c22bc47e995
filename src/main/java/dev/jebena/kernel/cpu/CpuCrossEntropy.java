package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import java.lang.foreign.ValueLayout;

/** Cross-entropy row by row: logits are read once from memory, a second time from the cache. */
final class CpuCrossEntropy implements CrossEntropyKernel {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final WorkerPool pool;

  CpuCrossEntropy(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(
      Operand logitsOperand,
      Operand targetsOperand,
      CrossEntropyTerms terms,
      Operand lossesOperand,
      Operand logSumExpOperand) {
    int classes = Math.toIntExact(logitsOperand.shape().size(1));
    var targets = Targets.checked(targetsOperand, terms.ignored(), classes);
    var logits = Contiguous.of(logitsOperand);
    var losses = Contiguous.of(lossesOperand);
    var logSumExp = Contiguous.of(logSumExpOperand);
    int step = Contiguous.rowsPerTask(classes);
    pool.run(
        (targets.count() + step - 1) / step,
        task -> {
          int end = Math.min(targets.count(), (task + 1) * step);
          for (int n = task * step; n < end; n++) {
            var x = logits.segment();
            long at = logits.at((long) n * classes);
            if (terms.capped()) {
              var capped = pool.scratch().area(Scratch.FUSED, (long) classes * Float.BYTES);
              LossRow.cap(x, at, capped, 0, classes, (float) terms.softCap());
              x = capped;
              at = 0;
            }
            float max = FloatRange.max(x, at, classes);
            float log = VectorMath.log(RowSoftmax.sumOfExponentials(x, at, max, classes));
            logSumExp.segment().set(FLOAT, logSumExp.at(n), max + log);
            float loss = 0;
            if (targets.get(n) != terms.ignored()) {
              float mean = terms.labelSmoothing() > 0 ? LossRow.mean(x, at, classes) : 0;
              float logit = x.get(FLOAT, at + targets.get(n) * Float.BYTES);
              loss = LossRow.loss(terms, logit, mean, max, log);
            }
            losses.segment().set(FLOAT, losses.at(n), loss);
          }
        });
  }

  @Override
  public void backward(
      Operand logitsOperand,
      Operand targetsOperand,
      CrossEntropyTerms terms,
      Operand logSumExpOperand,
      Operand gOperand,
      Operand gLogitsOperand) {
    int classes = Math.toIntExact(logitsOperand.shape().size(1));
    var targets = Targets.checked(targetsOperand, terms.ignored(), classes);
    var logits = Contiguous.of(logitsOperand);
    var logSumExp = Contiguous.of(logSumExpOperand);
    var g = Contiguous.of(gOperand);
    var gLogits = Contiguous.of(gLogitsOperand);
    float share = (float) terms.labelSmoothing();
    int step = Contiguous.rowsPerTask(classes);
    pool.run(
        (targets.count() + step - 1) / step,
        task -> {
          int end = Math.min(targets.count(), (task + 1) * step);
          for (int n = task * step; n < end; n++) {
            var out = gLogits.segment();
            long at = gLogits.at((long) n * classes);
            if (targets.get(n) == terms.ignored()) {
              out.asSlice(at, (long) classes * Float.BYTES).fill((byte) 0);
              continue;
            }
            float lse = logSumExp.segment().get(FLOAT, logSumExp.at(n));
            float factor = g.segment().get(FLOAT, g.at(n));
            var x = logits.segment();
            long from = logits.at((long) n * classes);
            if (terms.capped()) {
              var capped = pool.scratch().area(Scratch.FUSED, (long) classes * Float.BYTES);
              LossRow.cap(x, from, capped, 0, classes, (float) terms.softCap());
              x = capped;
              from = 0;
            }
            float a = factor * LossRow.slope(terms, lse);
            LossRow.probabilities(x, from, lse, a, factor * share / classes, out, at, classes);
            LossRow.add(out, at, targets.get(n), -factor * (1 - share));
            if (terms.capped()) {
              LossRow.uncap(x, from, out, at, classes, (float) terms.softCap());
            }
          }
        });
  }
}
