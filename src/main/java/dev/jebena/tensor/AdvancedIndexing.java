package dev.jebena.tensor;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Indexing by several tensors of whole numbers at once, as NumPy's {@code x[i, :, j]}: the indices
 * broadcast together, and each of their positions picks one place of the indexed axes. Negative
 * numbers count from the end. A mask of booleans covers as many axes as it has itself, and stands
 * for the coordinates at which it is true, one index an axis.
 */
final class AdvancedIndexing {
  private AdvancedIndexing() {}

  /**
   * How indices meet a tensor.
   *
   * @param order the indexed axes first, then the others
   * @param linear positions among the indexed axes in row-major order, one-dimensional
   * @param places how many positions there are
   * @param picked the broadcast shape of the indices
   * @param rest the sizes of the axes that are not indexed
   * @param at where the axes of {@code picked} stand in the result
   */
  private record Plan(int[] order, Tensor linear, long places, Shape picked, Shape rest, int at) {
    static Plan of(String operation, Tensor x, Tensor... given) {
      var indices = withoutMasks(operation, x, given);
      if (indices.length > x.rank()) {
        throw new ShapeException(
            operation + ": " + indices.length + " indices for shape " + x.shape());
      }
      var indexed = new ArrayList<Integer>();
      var picked = Shape.of();
      for (int i = 0; i < indices.length; i++) {
        if (indices[i] != null) {
          Dispatch.common(operation, x, indices[i]);
          Dispatch.requireIndex(operation, indices[i]);
          picked = Shape.broadcast(operation, picked, indices[i].shape());
          indexed.add(i);
        }
      }
      if (indexed.isEmpty()) {
        throw new ShapeException(operation + ": at least one index must be given, not only nulls");
      }
      var others = new ArrayList<Integer>();
      for (int i = 0; i < x.rank(); i++) {
        if (!indexed.contains(i)) {
          others.add(i);
        }
      }
      long places = 1;
      Tensor linear = null;
      for (int axis : indexed) {
        long size = x.size(axis);
        var wrapped = Dispatch.wrapIndex(indices[axis].expand(picked), axis, size);
        linear = linear == null ? wrapped : linear.mul(size).add(wrapped);
        places *= size;
      }
      // neighbours stay where they are; indices with a whole axis between them go to the front
      boolean together = indexed.getLast() - indexed.getFirst() == indexed.size() - 1;
      return new Plan(
          joined(indexed, others),
          linear.reshape(-1),
          places,
          picked,
          Shape.of(others.stream().mapToLong(x::size).toArray()),
          together ? indexed.getFirst() : 0);
    }

    /** Each mask replaced by its coordinates, which are read on the host. */
    private static Tensor[] withoutMasks(String operation, Tensor x, Tensor... given) {
      var indices = new ArrayList<Tensor>();
      for (var index : given) {
        if (index == null || index.dtype() != DType.BOOL) {
          indices.add(index);
          continue;
        }
        Dispatch.common(operation, x, index);
        requireCovers(operation, x, indices.size(), index);
        var coordinates = Selecting.nonZero(index);
        for (int axis = 0; axis < index.rank(); axis++) {
          indices.add(coordinates.select(1, axis));
        }
      }
      return indices.toArray(Tensor[]::new);
    }

    private static void requireCovers(String operation, Tensor x, int axis, Tensor mask) {
      int rank = mask.rank();
      boolean fits = rank > 0 && axis + rank <= x.rank();
      for (int i = 0; fits && i < rank; i++) {
        fits = mask.size(i) == x.size(axis + i);
      }
      if (!fits) {
        throw new ShapeException(
            operation
                + ": a mask of shape "
                + mask.shape()
                + " does not cover axes of shape "
                + x.shape()
                + " from axis "
                + axis
                + " on (at least one axis, and equal sizes)");
      }
    }

    private static int[] joined(List<Integer> first, List<Integer> second) {
      var all = new ArrayList<>(first);
      all.addAll(second);
      return all.stream().mapToInt(Integer::intValue).toArray();
    }

    /** {@code [places, rest...]}. */
    Tensor flat(Tensor x) {
      return x.permute(order).reshape(joined(Shape.of(places), rest));
    }

    /** From {@code [places, rest...]} to the shape of the tensor. */
    Tensor unflat(Tensor flat, Tensor x) {
      var sizes = x.permute(order).shape().toArray();
      int[] inverse = new int[order.length];
      for (int i = 0; i < order.length; i++) {
        inverse[order[i]] = i;
      }
      return flat.reshape(sizes).permute(inverse);
    }

    private static long[] joined(Shape first, Shape second) {
      long[] all = Arrays.copyOf(first.toArray(), first.rank() + second.rank());
      System.arraycopy(second.toArray(), 0, all, first.rank(), second.rank());
      return all;
    }

    /** From {@code [positions, rest...]} to the result. */
    Tensor result(Tensor rows) {
      var wide = rows.reshape(joined(picked, rest));
      int[] from = new int[picked.rank()];
      int[] to = new int[picked.rank()];
      Arrays.setAll(from, i -> i);
      Arrays.setAll(to, i -> at + i);
      return wide.movedim(from, to);
    }

    /** Values that broadcast to the result, as {@code [positions, rest...]}. */
    Tensor rows(String operation, Tensor values) {
      var natural = new long[picked.rank() + rest.rank()];
      for (int i = 0; i < natural.length; i++) {
        natural[i] =
            i < at
                ? rest.size(i)
                : i < at + picked.rank() ? picked.size(i - at) : rest.size(i - picked.rank());
      }
      var shape = Shape.of(natural);
      if (values.rank() > shape.rank()
          || !Shape.broadcast(operation, values.shape(), shape).equals(shape)) {
        throw new ShapeException(
            operation
                + ": values of shape "
                + values.shape()
                + " do not broadcast to the picked "
                + shape);
      }
      int[] from = new int[picked.rank()];
      int[] to = new int[picked.rank()];
      Arrays.setAll(from, i -> at + i);
      Arrays.setAll(to, i -> i);
      return values
          .expand(shape)
          .movedim(from, to)
          .reshape(joined(Shape.of(picked.elements()), rest));
    }
  }

  static Tensor index(Tensor x, Tensor... indices) {
    var plan = Plan.of("index", x, indices);
    return plan.result(plan.flat(x).indexSelect(0, plan.linear));
  }

  static Tensor indexPut(Tensor x, Tensor values, boolean accumulate, Tensor... indices) {
    var plan = Plan.of("indexPut", x, indices);
    Scattering.requireSameType("indexPut", x, values);
    var rows = plan.rows("indexPut", values);
    var flat = plan.flat(x);
    return plan.unflat(
        accumulate ? flat.indexAdd(0, plan.linear, rows) : flat.indexCopy(0, plan.linear, rows), x);
  }

  /** By position in row-major order; the result has the shape of the index. */
  static Tensor take(Tensor x, Tensor index) {
    Dispatch.common("take", x, index);
    Dispatch.requireIndex("take", index);
    var wrapped = Dispatch.wrapIndex(index, 0, x.elements());
    return x.reshape(-1).indexSelect(0, wrapped.reshape(-1)).reshape(index.shape().toArray());
  }

  /** A gather in which all axes but one broadcast. */
  static Tensor takeAlongAxis(Tensor x, Tensor index, int axis) {
    Dispatch.common("takeAlongAxis", x, index);
    Dispatch.requireIndex("takeAlongAxis", index);
    int a = x.shape().axis("takeAlongAxis", axis);
    if (index.rank() != x.rank()) {
      throw new ShapeException(
          "takeAlongAxis: index "
              + index.shape()
              + " and tensor "
              + x.shape()
              + " must have one rank");
    }
    var shape = Shape.broadcast("takeAlongAxis", x.shape().with(a, 1), index.shape().with(a, 1));
    var wrapped = Dispatch.wrapIndex(index, a, x.size(a));
    return x.expand(shape.with(a, x.size(a)))
        .gather(a, wrapped.expand(shape.with(a, index.size(a))));
  }
}
