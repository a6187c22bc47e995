package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ColumnSoftmaxKernel;

/** Host side of the columns in {@code softmax.cl}. */
final class ClColumnSoftmax implements ColumnSoftmaxKernel {
  private final Engine engine;

  ClColumnSoftmax(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void forward(Operand x, boolean log, Operand out) {
    if (x.elements() == 0) {
      return;
    }
    long inner = x.shape().size(2);
    long vectors = (inner + engine.width() - 1) / engine.width();
    long units = x.shape().size(0) * vectors;
    engine
        .launch("softmax", engine.rowMacros(), "columns")
        .operand(x)
        .operand(out)
        .integers(log ? 1 : 0)
        .integers(Math.toIntExact(units))
        .integers(Math.toIntExact(x.shape().size(1)))
        .integers(Math.toIntExact(inner))
        .run(units, engine.rowItems());
  }
}
