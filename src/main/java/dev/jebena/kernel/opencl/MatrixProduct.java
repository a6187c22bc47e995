package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.Layout;

/** Host side of {@code product.cl}: products of any type and strides. */
final class MatrixProduct {
  private final Engine engine;

  MatrixProduct(Engine engine) {
    this.engine = engine;
  }

  void matmul(Operand a, Operand b, boolean accumulate, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    int rank = out.layout().rank();
    long m = out.shape().size(rank - 2);
    long n = out.shape().size(rank - 1);
    long k = a.shape().size(rank - 1);
    Operand[] starts = {corner(out), corner(a), corner(b)};
    Walk.over(starts)
        .forEach(
            starts,
            piece -> {
              long batches = piece.units(1);
              int[] sizes = piece.sizes();
              // the inner axis of the walk is one more axis of batches
              engine
                  .launch("product", "", "product")
                  .operand(a, piece.offsets()[1])
                  .operand(b, piece.offsets()[2])
                  .operand(out, piece.offsets()[0])
                  .integers(out.dtype().ordinal())
                  .integers(accumulate ? 1 : 0)
                  .integers((int) m)
                  .integers((int) n)
                  .integers((int) k)
                  .integers((int) batches)
                  .integers(piece.inner())
                  .integers(sizes)
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[2])
                  .longs(piece.strides()[0])
                  .longs(
                      a.layout().stride(-2),
                      a.layout().stride(-1),
                      b.layout().stride(-2),
                      b.layout().stride(-1),
                      out.layout().stride(-2),
                      out.layout().stride(-1),
                      0,
                      0)
                  .longs(
                      piece.innerStrides()[1], piece.innerStrides()[2], piece.innerStrides()[0], 0)
                  .run(m * n * batches, engine.group());
            });
  }

  /** The first element of every matrix. */
  private static Operand corner(Operand x) {
    var layout = x.layout();
    var shape = layout.shape().with(-1, 1).with(-2, 1);
    return x.with(Layout.of(shape, layout.strides(), layout.offset()));
  }
}
