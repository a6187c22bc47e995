package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SoftmaxKernel;

/** Host side of {@code softmax.cl}. */
final class RowSoftmax implements SoftmaxKernel {
  private static final String PROGRAM = "softmax";

  private final Engine engine;

  RowSoftmax(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void forward(Operand x, boolean log, Operand out) {
    long d = x.shape().size(-1);
    RowWalk.forEach(
        x,
        (piece, first, count) -> {
          int ofGroup = engine.rowsOfGroup(count);
          engine
              .launch(PROGRAM, engine.rowMacros(), "forward")
              .operand(x, piece.offsets()[0])
              .operand(out, out.layout().offset() + first * d)
              .integers(log ? 1 : 0)
              .integers((int) count)
              .integers((int) d)
              .integers(ofGroup)
              .integers(piece.inner())
              .integers(piece.sizes())
              .longs(piece.strides()[0])
              .longs(piece.innerStrides()[0], 0)
              .run(new long[] {(count + ofGroup - 1) / ofGroup}, engine.rowItems());
        });
  }

  @Override
  public void backward(Operand y, Operand gy, boolean log, Operand gx) {
    if (y.elements() == 0) {
      return;
    }
    long d = y.shape().size(-1);
    long rows = y.elements() / d;
    int ofGroup = engine.rowsOfGroup(rows);
    engine
        .launch(PROGRAM, engine.rowMacros(), "backward")
        .operand(y)
        .operand(gy)
        .operand(gx)
        .integers(log ? 1 : 0)
        .integers((int) rows)
        .integers((int) d)
        .integers(ofGroup)
        .run(new long[] {(rows + ofGroup - 1) / ofGroup}, engine.rowItems());
  }
}
