package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;

/** Host side of {@code scatter.cl}: values that go to places found by index. */
final class Scattering {
  private static final String PROGRAM = "scatter";

  /** Owners of one column on a GPU: more of them than processors keep it busy. */
  private static final int GPU_PARTS = 32;

  private final Engine engine;

  Scattering(Engine engine) {
    this.engine = engine;
  }

  private static Operand single(Operand x, int axis) {
    var layout = x.layout();
    return x.with(Layout.of(layout.shape().with(axis, 1), layout.strides(), layout.offset()));
  }

  void scatter(ScatterOp op, Operand index, Operand source, int axis, Operand out) {
    scatter(op.operation(), op, index, source, axis, out);
  }

  /** A one-dimensional index becomes one that repeats along all other axes. */
  void indexAdd(Operand index, Operand source, int axis, Operand out) {
    long stride = index.layout().rank() == 0 ? 0 : index.layout().stride(0);
    if (axis == 0
        && out.layout().rank() == 2
        && out.dtype() == DType.F32
        && isRows(source)
        && isRows(out)) {
      addRows(index, stride, source, out);
      return;
    }
    long[] strides = new long[source.layout().rank()];
    strides[axis] = stride;
    var repeated = index.with(Layout.of(source.shape(), strides, index.layout().offset()));
    scatter("indexAdd", ScatterOp.ADD, repeated, source, axis, out);
  }

  private static boolean isRows(Operand x) {
    return x.shape().size(1) <= 1 || x.layout().stride(1) == 1;
  }

  private void addRows(Operand index, long indexStride, Operand source, Operand out) {
    long n = source.shape().size(0);
    long d = source.shape().size(1);
    if (n == 0 || d == 0) {
      return;
    }
    int parts = engine.processor() ? 1 : GPU_PARTS;
    long size = out.shape().size(0);
    var shape = out.shape();
    var launch =
        engine
            .launch(PROGRAM, macros(), "add_rows")
            .operand(out)
            .operand(index)
            .operand(source)
            .integers(index.dtype().ordinal())
            .integers((int) n)
            .integers((int) d)
            .integers(parts)
            .longs(out.layout().stride(0))
            .longs(indexStride)
            .longs(source.layout().stride(0))
            .longs(size);
    engine
        .checks()
        .add(launch, found -> Moves.outOfRange("indexAdd", found, 0, size, shape))
        .run(parts * ((d + engine.width() - 1) / engine.width()), engine.group());
  }

  private String macros() {
    return "-DW=" + engine.width();
  }

  private void scatter(
      String operation, ScatterOp op, Operand index, Operand source, int axis, Operand out) {
    if (source.elements() == 0) {
      return;
    }
    long size = out.shape().size(axis);
    var shape = out.shape();
    // lines of the result that have a source: shapes may differ along the other axes too
    var lines =
        out.with(
            Layout.of(source.shape().with(axis, 1), out.layout().strides(), out.layout().offset()));
    Operand[] starts = {lines, single(index, axis), single(source, axis)};
    Walk.over(starts)
        .forEach(
            starts,
            piece -> {
              long count = piece.units(1);
              var launch =
                  engine
                      .launch(PROGRAM, macros(), "scatter")
                      .operand(out, piece.offsets()[0])
                      .operand(index, piece.offsets()[1])
                      .operand(source, piece.offsets()[2])
                      .integers(op.ordinal())
                      .integers(out.dtype().ordinal())
                      .integers(index.dtype().ordinal())
                      .integers(piece.inner())
                      .integers((int) count)
                      .integers(piece.sizes())
                      .longs(piece.strides()[0])
                      .longs(piece.strides()[1])
                      .longs(piece.strides()[2])
                      .longs(
                          piece.innerStrides()[0],
                          piece.innerStrides()[1],
                          piece.innerStrides()[2],
                          0)
                      .longs(source.shape().size(axis))
                      .longs(out.layout().stride(axis))
                      .longs(index.layout().stride(axis))
                      .longs(source.layout().stride(axis))
                      .longs(size);
              engine
                  .checks()
                  .add(launch, found -> Moves.outOfRange(operation, found, axis, size, shape))
                  .run(count, engine.group());
            });
  }

  void wrapIndex(Operand index, int axis, long size, Operand out) {
    Walk.over(out, index)
        .forEach(
            new Operand[] {out, index},
            piece -> {
              long count = piece.units(1);
              var launch =
                  engine
                      .launch(PROGRAM, macros(), "wrap_index")
                      .operand(index, piece.offsets()[1])
                      .operand(out, piece.offsets()[0])
                      .integers(index.dtype().ordinal())
                      .integers(out.dtype().ordinal())
                      .integers(piece.inner())
                      .integers((int) count)
                      .integers(piece.sizes())
                      .longs(piece.strides()[1])
                      .longs(piece.strides()[0])
                      .longs(piece.innerStrides()[1], piece.innerStrides()[0])
                      .longs(size);
              engine
                  .checks()
                  .add(launch, found -> notWithin(found, axis, size))
                  .run(count, engine.group());
            });
  }

  private static String notWithin(long index, int axis, long size) {
    return "index "
        + index
        + " is out of range for axis "
        + axis
        + " of size "
        + size
        + " (valid: "
        + -size
        + " to "
        + (size - 1)
        + ")";
  }
}
