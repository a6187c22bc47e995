package dev.jebena.einops;

import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Multiplies two operands. Their axes are of four kinds: in both and kept (batch), in both and
 * summed (contracted), and free in the left or in the right one. Where some are contracted this is
 * a matrix product {@code [batch..., left, contracted] · [batch..., contracted, right]}: each group
 * becomes one axis by a view if the operand's strides allow it in any order, batch axes stay as
 * they are. Otherwise it is element by element.
 */
final class PairPlanner {
  private final List<EinsumStep> steps;
  private final Piece a;
  private final Piece b;
  private final long kept;

  /** The order that the axes of the product should come in, as far as that is free. */
  private final int[] wanted;

  /**
   * @param kept the axes that the product must have
   * @param wanted all axes of the result of the equation
   */
  PairPlanner(List<EinsumStep> steps, Piece a, Piece b, long kept, int... wanted) {
    this.steps = steps;
    this.a = a;
    this.b = b;
    this.kept = kept;
    this.wanted = wanted;
  }

  Piece multiply() {
    int[] batch = ordered(a.mask() & b.mask() & kept);
    int[] contracted = ordered(a.mask() & b.mask() & ~kept);
    int[] freeA = ordered(a.mask() & ~b.mask());
    int[] freeB = ordered(b.mask() & ~a.mask());
    if (contracted.length == 0) {
      return elementwise(ordered(a.mask() | b.mask()));
    }
    if (freeA.length == 0 && freeB.length == 0 && batch.length > 0) {
      return manyDots(batch, contracted);
    }
    // the operand with the outermost free axis comes first: the product then needs no permuting
    return first(freeA) <= first(freeB)
        ? matrix(a, b, batch, freeA, contracted, freeB)
        : matrix(b, a, batch, freeB, contracted, freeA);
  }

  /** Axes as the result wants them, then the others as the operands have them. */
  private int[] ordered(long mask) {
    return IntStream.concat(
            IntStream.of(wanted), IntStream.concat(IntStream.of(a.axes()), IntStream.of(b.axes())))
        .filter(axis -> axis >= 0 && Piece.has(mask, axis))
        .distinct()
        .toArray();
  }

  private int first(int... group) {
    for (int i = 0; i < wanted.length; i++) {
      if (group.length > 0 && wanted[i] == group[0]) {
        return i;
      }
    }
    return Integer.MAX_VALUE;
  }

  private Piece elementwise(int... order) {
    align(a, order);
    align(b, order);
    long[] sizes = new long[order.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = size(order[i]);
    }
    broadcast(a, order);
    broadcast(b, order);
    steps.add(new EinsumStep.Multiply(a.slot(), b.slot()));
    return new Piece(steps, a.slot(), order, Layout.contiguous(Shape.of(sizes)));
  }

  private static void align(Piece piece, int... order) {
    long mask = piece.mask();
    piece.permute(IntStream.of(order).filter(axis -> Piece.has(mask, axis)).toArray());
  }

  private long size(int axis) {
    var owner = Piece.has(a.mask(), axis) ? a : b;
    return owner.layout().size(owner.place(axis));
  }

  /** Puts in axes of size 1 for those of the order that a piece does not have. */
  private static void broadcast(Piece piece, int... order) {
    long mask = piece.mask();
    long[] sizes =
        IntStream.of(order)
            .dropWhile(axis -> !Piece.has(mask, axis)) // leading ones broadcast by themselves
            .mapToLong(axis -> Piece.has(mask, axis) ? piece.layout().size(piece.place(axis)) : 1)
            .toArray();
    piece.reshape(Shape.of(sizes));
  }

  /**
   * A dot product for each index of the batch. Matrix products of one row and one column each would
   * spend their time on being called: 1000 dots of 64 take 112 µs that way and 30 to 44 µs as a
   * product and a sum, which go through memory once more, but in long runs (4 dots of a million:
   * 1.6 and 1.2 ms; two threads, AVX-512).
   */
  private Piece manyDots(int[] batch, int[] contracted) {
    a.permute(joined(batch, contracted));
    b.permute(joined(batch, contracted));
    var shape = Shape.of(a.sizes(batch).toArray());
    steps.add(
        new EinsumStep.Dots(
            a.slot(),
            b.slot(),
            IntStream.range(batch.length, batch.length + contracted.length).toArray()));
    return new Piece(steps, a.slot(), batch, Layout.contiguous(shape));
  }

  private Piece matrix(
      Piece left, Piece right, int[] batch, int[] freeLeft, int[] contracted, int[] freeRight) {
    int[] rows = mergeable(left, freeLeft);
    int[] columns = mergeable(right, freeRight);
    int[] inner = inner(left, rows, right, columns, contracted);
    long[] batchSizes = left.sizes(batch).toArray();
    long m = left.product(rows);
    long k = left.product(inner);
    long n = right.product(columns);
    long[] split =
        LongStream.concat(
                LongStream.of(batchSizes),
                LongStream.concat(left.sizes(rows), right.sizes(columns)))
            .toArray();
    left.permute(joined(joined(batch, rows), inner));
    left.reshape(shape(batchSizes, m, k));
    right.permute(joined(joined(batch, inner), columns));
    right.reshape(shape(batchSizes, k, n));
    steps.add(new EinsumStep.MatMul(left.slot(), right.slot(), a.slot()));
    var product =
        new Piece(
            steps,
            a.slot(),
            joined(joined(batch, rows), columns),
            Layout.contiguous(shape(batchSizes, m, n)));
    product.reshape(Shape.of(split));
    return product;
  }

  /** As the result wants it, unless only the order in memory merges without a copy. */
  private static int[] mergeable(Piece piece, int... group) {
    if (piece.merges(group)) {
      return group;
    }
    int[] natural = piece.byStride(group);
    return piece.merges(natural) ? natural : group;
  }

  /** The order of the contracted axes for which the fewest elements are copied. */
  private static int[] inner(Piece left, int[] rows, Piece right, int[] columns, int... axes) {
    int[] best = null;
    long least = Long.MAX_VALUE;
    for (int[] order : List.of(left.byStride(axes), right.byStride(axes), axes)) {
      long copied =
          (left.merges(rows) && left.merges(order) ? 0 : left.layout().elements())
              + (right.merges(columns) && right.merges(order) ? 0 : right.layout().elements());
      if (copied < least) {
        least = copied;
        best = order;
      }
    }
    return best;
  }

  private static Shape shape(long[] batch, long rows, long columns) {
    return Shape.of(
        LongStream.concat(LongStream.of(batch), LongStream.of(rows, columns)).toArray());
  }

  private static int[] joined(int[] first, int... second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
