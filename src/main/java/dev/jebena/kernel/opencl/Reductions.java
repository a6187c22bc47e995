package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Host side of {@code reduce.cl} and {@code fold.cl}. */
final class Reductions {
  private static final String PROGRAM = "reduce";
  private static final int MOST_FOLDED = 4;

  /** Work-items of a group that folds a row on a GPU. */
  private static final int ROW_GROUP = 128;

  /** A line is folded in segments of this length, unless it is not much longer. */
  private static final long SEGMENT = 4096;

  private final Engine engine;
  private final Moves moves;

  Reductions(Engine engine, Moves moves) {
    this.engine = engine;
    this.moves = moves;
  }

  void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    if (isFast(op, x, out) && engine.isHot(x.elements()) && foldInVectors(op, x, axes, out)) {
      return;
    }
    var folded = foldedAxes(x, axes);
    if (folded.size() > MOST_FOLDED) {
      inTwo(op, x, axes, out);
      return;
    }
    var kept = x;
    for (int axis : axes) {
      kept = kept.with(single(kept.layout(), axis));
    }
    int[] sizes = new int[MOST_FOLDED];
    Arrays.fill(sizes, x.elements() == 0 ? 0 : 1);
    long[] strides = new long[MOST_FOLDED];
    for (int i = 0; i < folded.size(); i++) {
      int at = MOST_FOLDED - folded.size() + i;
      sizes[at] = Math.toIntExact(folded.get(i)[0]);
      strides[at] = folded.get(i)[1];
    }
    lines(
        "reduce_any", op.ordinal(), x, kept, out, launch -> launch.integers(sizes).longs(strides));
  }

  /** More folded axes than the kernel has: some of them first. */
  private void inTwo(ReduceOp op, Operand x, int[] axes, Operand out) {
    int[] first = Arrays.copyOfRange(axes, axes.length / 2, axes.length);
    int[] second = Arrays.copyOf(axes, axes.length / 2);
    var shape = x.shape();
    for (int axis : first) {
      shape = shape.with(axis, 1);
    }
    var between = engine.scratch(out.dtype(), shape);
    reduce(op, x, first, between);
    reduce(op, between, second, out);
    between.buffer().release();
  }

  /** A layout with one element along an axis, the first. */
  private static Layout single(Layout layout, int axis) {
    return Layout.of(layout.shape().with(axis, 1), layout.strides(), layout.offset());
  }

  /** Size and stride of what is folded, neighbours taken together, outermost first. */
  private static List<long[]> foldedAxes(Operand x, int[] axes) {
    var result = new ArrayList<long[]>();
    int[] ordered = axes.clone();
    Arrays.sort(ordered);
    for (int axis : ordered) {
      long size = x.shape().size(axis);
      long stride = x.layout().stride(axis);
      if (size == 1) {
        continue;
      }
      var before = result.isEmpty() ? null : result.getLast();
      if (before != null && before[1] == stride * size) {
        before[0] *= size;
        before[1] = stride;
      } else {
        result.add(new long[] {size, stride});
      }
    }
    return result;
  }

  /** What a kernel still needs behind the arguments that all of them share. */
  @FunctionalInterface
  private interface Rest {
    Launch add(Launch launch);
  }

  /** A work-item for every element of {@code out}; {@code kept} is x with one element a line. */
  private void lines(String kernel, int op, Operand x, Operand kept, Operand out, Rest rest) {
    Walk.over(out, kept)
        .forEach(
            new Operand[] {out, kept},
            piece -> {
              long places = piece.units(1);
              var launch =
                  engine
                      .launch(PROGRAM, "", kernel)
                      .operand(x, piece.offsets()[1])
                      .operand(out, piece.offsets()[0])
                      .integers(op)
                      .integers(x.dtype().ordinal())
                      .integers(out.dtype().ordinal())
                      .integers(piece.inner())
                      .integers((int) places)
                      .integers(piece.sizes())
                      .longs(piece.strides()[1])
                      .longs(piece.strides()[0])
                      .longs(piece.innerStrides()[1], piece.innerStrides()[0]);
              rest.add(launch).run(places, engine.group());
            });
  }

  void argReduce(ReduceOp op, Operand x, int axis, Operand out) {
    long size = x.shape().size(axis);
    long stride = x.layout().stride(axis);
    var kept = x.with(single(x.layout(), axis));
    lines("arg_reduce", op.ordinal(), x, kept, out, launch -> launch.longs(size).longs(stride));
  }

  void cumulativeSum(Operand x, int axis, Operand out) {
    running("running_sum", 0, x, axis, out);
  }

  void scan(ScanOp op, Operand x, int axis, Operand out) {
    running("scan", op.ordinal(), x, axis, out);
  }

  private void running(String kernel, int op, Operand x, int axis, Operand out) {
    if (x.elements() == 0) {
      return;
    }
    long size = x.shape().size(axis);
    long stride = x.layout().stride(axis);
    long outStride = out.layout().stride(axis);
    lines(
        kernel,
        op,
        x,
        x.with(single(x.layout(), axis)),
        out.with(single(out.layout(), axis)),
        launch -> launch.longs(size).longs(stride).longs(outStride));
  }

  // ---- long folds -----------------------------------------------------------------------------

  private static boolean isFast(ReduceOp op, Operand x, Operand out) {
    boolean types =
        (x.dtype() == DType.F32 || x.dtype() == DType.BF16 || x.dtype() == DType.F16)
            && out.dtype() == x.dtype();
    return types && op != ReduceOp.ANY && op != ReduceOp.ALL && out.isContiguous();
  }

  /** Whether x could be seen as [outer, D, inner], contiguous; then it has been folded. */
  private boolean foldInVectors(ReduceOp op, Operand x, int[] axes, Operand out) {
    int[] ordered = axes.clone();
    Arrays.sort(ordered);
    var shape = x.shape();
    int first = ordered[0];
    int last = ordered[ordered.length - 1];
    for (int axis = first; axis <= last; axis++) {
      if (shape.size(axis) != 1 && Arrays.binarySearch(ordered, axis) < 0) {
        return false;
      }
    }
    long outer = 1;
    long d = 1;
    long inner = 1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (axis < first) {
        outer *= shape.size(axis);
      } else if (axis <= last) {
        d *= shape.size(axis);
      } else {
        inner *= shape.size(axis);
      }
    }
    if (d == 1 || outer * inner * d > 1L << 31) {
      return false;
    }
    var source = moves.contiguous(x);
    fold(op, source, outer, d, inner, out);
    Moves.releaseIfCopy(source, x);
    return true;
  }

  private void fold(ReduceOp op, Operand x, long outer, long d, long inner, Operand out) {
    long segment = d <= 2 * SEGMENT ? d : SEGMENT;
    long segments = (d + segment - 1) / segment;
    if (segments == 1) {
      pass(op, x, outer, d, inner, segment, segments, out);
      return;
    }
    var partial = engine.scratch(DType.F32, Shape.of(outer, segments, inner));
    pass(op, x, outer, d, inner, segment, segments, partial);
    fold(op, partial, outer, segments, inner, out);
    partial.buffer().release();
  }

  private void pass(
      ReduceOp op,
      Operand x,
      long outer,
      long d,
      long inner,
      long segment,
      long segments,
      Operand out) {
    int rows = engine.processor() ? 1 : ROW_GROUP;
    var macros =
        "-DOP=%d -DTX=%d -DW=%d -DROWS=%d"
            .formatted(op.ordinal(), x.dtype().ordinal(), engine.width(), rows);
    var launch =
        engine
            .launch("fold", macros, inner == 1 ? "fold_rows" : "fold_columns")
            .operand(x)
            .operand(out)
            .integers(out.dtype().ordinal());
    if (inner == 1) {
      launch
          .integers((int) d)
          .integers((int) segment)
          .integers((int) segments)
          .run(new long[] {outer * segments}, rows);
      return;
    }
    long ofRow = (inner + engine.width() - 1) / engine.width();
    launch
        .integers((int) outer)
        .integers((int) d)
        .integers((int) inner)
        .integers((int) segment)
        .integers((int) segments)
        .run(outer * segments * ofRow, engine.group());
  }
}
