package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.CrossEntropyTerms;

/** Host side of {@code cross_entropy.cl}. */
final class ClCrossEntropy implements CrossEntropyKernel {
  private static final String PROGRAM = "cross_entropy";

  private final Engine engine;

  ClCrossEntropy(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void forward(
      Operand logits, Operand targets, CrossEntropyTerms terms, Operand losses, Operand logSumExp) {
    long rows = logits.shape().size(0);
    long classes = logits.shape().size(1);
    if (rows == 0) {
      return;
    }
    int ofGroup = engine.rowsOfGroup(rows);
    var launch =
        engine
            .launch(PROGRAM, engine.rowMacros(), "forward")
            .operand(logits)
            .operand(targets)
            .integers(targets.dtype().ordinal())
            .operand(losses)
            .operand(logSumExp);
    checked(terms(launch, rows, classes, ofGroup, terms), classes)
        .run(new long[] {(rows + ofGroup - 1) / ofGroup}, engine.rowItems());
  }

  @Override
  public void backward(
      Operand logits,
      Operand targets,
      CrossEntropyTerms terms,
      Operand logSumExp,
      Operand g,
      Operand gLogits) {
    long rows = logits.shape().size(0);
    if (rows == 0) {
      return;
    }
    int ofGroup = engine.rowsOfGroup(rows);
    var launch =
        engine
            .launch(PROGRAM, engine.rowMacros(), "backward")
            .operand(logits)
            .operand(targets)
            .integers(targets.dtype().ordinal())
            .operand(logSumExp)
            .operand(g)
            .operand(gLogits);
    terms(launch, rows, logits.shape().size(1), ofGroup, terms)
        .run(new long[] {(rows + ofGroup - 1) / ofGroup}, engine.rowItems());
  }

  /** Losses of logits, which become their gradients where those are asked for. */
  void both(
      Operand logits,
      Operand targets,
      long firstTarget,
      CrossEntropyTerms terms,
      Operand losses,
      Operand inverse,
      boolean gradients) {
    long rows = logits.shape().size(0);
    long classes = logits.shape().size(1);
    int ofGroup = engine.rowsOfGroup(rows);
    var launch =
        engine
            .launch(PROGRAM, engine.rowMacros(), "both")
            .operand(logits)
            .operand(targets, targets.layout().offset() + firstTarget)
            .integers(targets.dtype().ordinal())
            .operand(losses, losses.layout().offset() + firstTarget)
            .operand(inverse)
            .integers(gradients ? 1 : 0);
    checked(terms(launch, rows, classes, ofGroup, terms), classes)
        .run(new long[] {(rows + ofGroup - 1) / ofGroup}, engine.rowItems());
  }

  /** 1 over the number of targets that count. */
  void count(Operand targets, CrossEntropyTerms terms, Operand inverse) {
    engine
        .launch(PROGRAM, engine.rowMacros(), "counted")
        .operand(targets)
        .integers(targets.dtype().ordinal())
        .operand(inverse)
        .integers((int) targets.elements())
        .longs(terms.ignored())
        .run(new long[] {1}, engine.rowItems());
  }

  private static Launch terms(
      Launch launch, long rows, long classes, int ofGroup, CrossEntropyTerms terms) {
    return launch
        .integers((int) rows)
        .integers((int) classes)
        .integers(ofGroup)
        .longs(terms.ignored())
        .real((float) terms.labelSmoothing())
        .real((float) terms.zLoss())
        .real((float) terms.softCap());
  }

  private Launch checked(Launch launch, long classes) {
    return engine
        .checks()
        .add(
            launch,
            target ->
                "crossEntropy: target " + target + " is out of range for " + classes + " classes");
  }
}
