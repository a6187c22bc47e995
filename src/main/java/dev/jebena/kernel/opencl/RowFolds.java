package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RowFoldKernel;

/** Host side of the folds in {@code softmax.cl}. */
final class RowFolds implements RowFoldKernel {
  private static final String PROGRAM = "softmax";

  private final Engine engine;

  RowFolds(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void logSumExp(Operand x, Operand out) {
    RowWalk.forEach(
        x,
        (piece, first, count) ->
            run(
                engine
                    .launch(PROGRAM, engine.rowMacros(), "log_sum_exp")
                    .operand(x, piece.offsets()[0])
                    .operand(out, out.layout().offset() + first)
                    .integers(0),
                x,
                piece,
                count));
  }

  @Override
  public void moments(Operand x, Operand mean, Operand squares) {
    RowWalk.forEach(
        x,
        (piece, first, count) ->
            run(
                engine
                    .launch(PROGRAM, engine.rowMacros(), "moments")
                    .operand(x, piece.offsets()[0])
                    .operand(mean, mean.layout().offset() + first)
                    .operand(squares, squares.layout().offset() + first),
                x,
                piece,
                count));
  }

  private void run(Launch launch, Operand x, Walk.Piece piece, long count) {
    int ofGroup = engine.rowsOfGroup(count);
    launch
        .integers((int) count)
        .integers((int) x.shape().size(-1))
        .integers(ofGroup)
        .integers(piece.inner())
        .integers(piece.sizes())
        .longs(piece.strides()[0])
        .longs(piece.innerStrides()[0], 0)
        .run(new long[] {(count + ofGroup - 1) / ofGroup}, engine.rowItems());
  }
}
