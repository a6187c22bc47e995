package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/** Host side of {@code sort.cl}. */
final class Sorting {
  private static final String PROGRAM = "sort";

  private final Engine engine;

  Sorting(Engine engine) {
    this.engine = engine;
  }

  private static Operand single(Operand x, int axis) {
    var layout = x.layout();
    return x.with(Layout.of(layout.shape().with(axis, 1), layout.strides(), layout.offset()));
  }

  void sort(Operand x, int axis, boolean descending, Operand values, Operand indices) {
    if (values.elements() == 0) {
      return;
    }
    int n = Math.toIntExact(x.shape().size(axis));
    int count = Math.toIntExact(values.shape().size(axis));
    Operand[] starts = {single(x, axis), single(values, axis), single(indices, axis)};
    Walk.over(starts)
        .forEach(
            starts,
            piece -> {
              long lines = piece.units(1);
              var shape = Shape.of(lines * n);
              var keys = engine.scratch(DType.I64, shape);
              var places = engine.scratch(DType.I32, shape);
              engine
                  .launch(PROGRAM, "", "keys")
                  .operand(x, piece.offsets()[0])
                  .integers(x.dtype().ordinal())
                  .integers(descending ? 1 : 0)
                  .integers(piece.inner())
                  .integers((int) lines)
                  .integers(piece.sizes())
                  .longs(piece.strides()[0])
                  .longs(piece.innerStrides()[0])
                  .integers(n)
                  .longs(x.layout().stride(axis))
                  .operand(keys)
                  .operand(places)
                  .run(lines * n, engine.group());
              var sorted = merge(keys, places, lines, n);
              engine
                  .launch(PROGRAM, "", "take")
                  .operand(x, piece.offsets()[0])
                  .operand(values, piece.offsets()[1])
                  .operand(indices, piece.offsets()[2])
                  .integers(x.dtype().ordinal())
                  .integers(indices.dtype().ordinal())
                  .integers(piece.inner())
                  .integers((int) lines)
                  .integers(piece.sizes())
                  .longs(piece.strides()[0])
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[2])
                  .longs(
                      piece.innerStrides()[0], piece.innerStrides()[1], piece.innerStrides()[2], 0)
                  .integers(n)
                  .integers(count)
                  .longs(x.layout().stride(axis))
                  .longs(values.layout().stride(axis))
                  .longs(indices.layout().stride(axis))
                  .operand(sorted)
                  .run(lines * count, engine.group());
              sorted.buffer().release();
            });
  }

  /** Sorts keys and the places beside them; the places come back, the rest is released. */
  private Operand merge(Operand keys, Operand places, long lines, int n) {
    var shape = keys.shape();
    for (long width = 1; width < n; width *= 2) {
      var nextKeys = engine.scratch(DType.I64, shape);
      var nextPlaces = engine.scratch(DType.I32, shape);
      engine
          .launch(PROGRAM, "", "merge")
          .operand(keys)
          .operand(places)
          .operand(nextKeys)
          .operand(nextPlaces)
          .integers((int) lines)
          .integers(n)
          .integers((int) width)
          .run(lines * n, engine.group());
      keys.buffer().release();
      places.buffer().release();
      keys = nextKeys;
      places = nextPlaces;
    }
    keys.buffer().release();
    return places;
  }

  void searchSorted(Operand sorted, Operand values, boolean right, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    int last = values.layout().rank() - 1;
    Operand[] starts = {single(out, last), single(sorted, last), single(values, last)};
    Walk.over(starts)
        .forEach(
            starts,
            piece -> {
              long lines = piece.units(1);
              long m = values.shape().size(last);
              engine
                  .launch(PROGRAM, "", "search")
                  .operand(sorted, piece.offsets()[1])
                  .operand(values, piece.offsets()[2])
                  .operand(out, piece.offsets()[0])
                  .integers(sorted.dtype().ordinal())
                  .integers(right ? 1 : 0)
                  .integers(piece.inner())
                  .integers((int) lines)
                  .integers(piece.sizes())
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[2])
                  .longs(piece.strides()[0])
                  .longs(
                      piece.innerStrides()[1], piece.innerStrides()[2], piece.innerStrides()[0], 0)
                  .longs(sorted.shape().size(last))
                  .integers((int) m)
                  .longs(sorted.layout().stride(last))
                  .longs(values.layout().stride(last))
                  .longs(out.layout().stride(last))
                  .run(lines * m, engine.group());
            });
  }
}
