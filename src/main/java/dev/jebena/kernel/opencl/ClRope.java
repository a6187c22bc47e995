package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.memory.Layout;

/** Host side of {@code rope.cl}. */
final class ClRope implements RopeKernel {
  private final Engine engine;

  ClRope(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void rotate(
      Operand x, Operand cos, Operand sin, boolean interleaved, boolean inverse, Operand out) {
    if (x.elements() == 0) {
      return;
    }
    long t = x.shape().size(-2);
    long d = x.shape().size(-1);
    Operand[] starts = {heads(out), heads(x)};
    Walk.over(starts)
        .forEach(
            starts,
            piece -> {
              long rows = piece.units(1) * t;
              int ofItem = engine.rowsOfGroup(rows);
              engine
                  .launch("rope", engine.rowMacros(), "rotate_rows")
                  .operand(x, piece.offsets()[1])
                  .operand(cos)
                  .operand(sin)
                  .operand(out, piece.offsets()[0])
                  .integers(interleaved ? 1 : 0)
                  .integers(inverse ? 1 : 0)
                  .integers((int) rows)
                  .integers((int) t)
                  .integers((int) d)
                  .integers((int) cos.shape().size(-1))
                  .integers(ofItem)
                  .integers(piece.inner())
                  .integers(piece.sizes())
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[0])
                  .longs(piece.innerStrides()[1], piece.innerStrides()[0])
                  .longs(x.layout().stride(-2))
                  .longs(out.layout().stride(-2))
                  .run((rows + ofItem - 1) / ofItem, engine.group());
            });
  }

  /** The first element of every head. */
  private static Operand heads(Operand x) {
    var layout = x.layout();
    var shape = layout.shape().with(-1, 1).with(-2, 1);
    return x.with(Layout.of(shape, layout.strides(), layout.offset()));
  }
}
