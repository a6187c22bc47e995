package dev.jebena.kernel.opencl;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/**
 * Some rows at a time: their logits, losses and gradients in one buffer, and the gradients' two
 * products. Nothing is read back, not even how many targets count.
 */
final class ClLinearCrossEntropy implements LinearCrossEntropyKernel {
  /** Bytes of logits that exist at a time. */
  private static final long LOGITS = 32L << 20;

  private final Engine engine;
  private final Primitives primitives;
  private final ClCrossEntropy losses;

  ClLinearCrossEntropy(Engine engine, Primitives primitives, ClCrossEntropy losses) {
    this.engine = engine;
    this.primitives = primitives;
    this.losses = losses;
  }

  @Override
  public void forward(
      Operand x,
      Operand weight,
      Operand targets,
      CrossEntropyTerms terms,
      Operand loss,
      Operand gx,
      Operand gWeight) {
    long rows = x.shape().size(0);
    long classes = weight.shape().size(0);
    var inverse = engine.scratch(DType.F32, Shape.of());
    losses.count(targets, terms, inverse);
    var each = engine.scratch(DType.F32, Shape.of(Math.max(1, rows)));
    if (rows == 0) {
      primitives.fill(each, 0);
      if (gWeight != null) {
        primitives.fill(gWeight, 0);
      }
    }
    long chunk = Math.clamp(LOGITS / (4 * classes), 1, Math.max(1, rows));
    var turned = weight.with(weight.layout().transpose(0, 1));
    boolean gradients = gx != null || gWeight != null;
    for (long from = 0; from < rows; from += chunk) {
      long end = Math.min(rows, from + chunk);
      var some = x.with(x.layout().slice(0, from, end, 1));
      var logits = engine.scratch(DType.F32, Shape.of(end - from, classes));
      primitives.matmul(some, turned, false, logits);
      losses.both(logits, targets, from, terms, each, inverse, gradients);
      if (gx != null) {
        primitives.matmul(logits, weight, false, gx.with(gx.layout().slice(0, from, end, 1)));
      }
      if (gWeight != null) {
        var columns = logits.with(logits.layout().transpose(0, 1));
        primitives.matmul(columns, some, from > 0, gWeight);
      }
      logits.buffer().release();
    }
    var line = loss.with(Layout.of(Shape.of(1), new long[] {1}, loss.layout().offset()));
    primitives.reduce(ReduceOp.SUM, each, new int[] {0}, line);
    primitives.binary(BinaryOp.MUL, loss, inverse, loss);
    each.buffer().release();
    inverse.buffer().release();
  }

  /** The host does not know the factor, so that a product it is. */
  @Override
  public void scale(Operand factor, Operand gradient) {
    var everywhere = factor.with(factor.layout().expand(gradient.shape()));
    primitives.binary(BinaryOp.MUL, gradient, everywhere, gradient);
  }
}
