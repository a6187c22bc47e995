package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.Arrays;

/** Diagonals seen, made and joined. */
final class Diagonals {
  private Diagonals() {}

  static Tensor diagonal(Tensor x, long k, int a, int b) {
    var from = x.shape();
    return Views.view(
        "diagonal",
        x,
        x.layout().diagonal(k, a, b),
        g -> gradients(Views.placed(from, g, whole -> whole.diagonal(k, a, b))));
  }

  static Tensor diag(Tensor x, long k) {
    return switch (x.rank()) {
      case 1 -> diagEmbed(x, k, 0, 1);
      case 2 -> diagonal(x, k, 0, 1).copy();
      default ->
          throw new ShapeException(
              "diag: takes a vector or a matrix, got shape "
                  + x.shape()
                  + "; for batches see diagonal and diagEmbed");
    };
  }

  /** The last axis as a diagonal of zeros elsewhere, over axes a and b of the result. */
  static Tensor diagEmbed(Tensor x, long k, int a, int b) {
    if (x.rank() == 0) {
      throw new ShapeException("diagEmbed: takes a tensor of rank 1 or more, got a scalar");
    }
    long n = x.size(-1) + Math.abs(k);
    long[] sizes = Arrays.copyOf(x.shape().toArray(), x.rank() + 1);
    sizes[x.rank() - 1] = n;
    sizes[x.rank()] = n;
    // batch axes in their order with the two new ones last, then moved where they are wanted
    var square = Views.placed(Shape.of(sizes), x, whole -> whole.diagonal(k, -2, -1));
    return square.movedim(new int[] {-2, -1}, new int[] {a, b});
  }

  static Tensor trace(Tensor x) {
    if (x.rank() != 2) {
      throw new ShapeException("trace: takes a matrix, got shape " + x.shape());
    }
    return x.diagonal(0, 0, 1).sum();
  }

  static Tensor blockDiag(Tensor... blocks) {
    if (blocks.length == 0) {
      throw new ShapeException("blockDiag: needs at least one matrix");
    }
    var matrices = new Tensor[blocks.length];
    long columns = 0;
    for (int i = 0; i < blocks.length; i++) {
      var block = blocks[i];
      if (block.rank() > 2) {
        throw new ShapeException(
            "blockDiag: takes matrices, vectors and scalars, got shape " + block.shape());
      }
      matrices[i] =
          block.rank() == 2 ? block : block.reshape(1, block.rank() == 1 ? block.size(0) : 1);
      columns += matrices[i].size(1);
    }
    var rows = new Tensor[blocks.length];
    long before = 0;
    for (int i = 0; i < blocks.length; i++) {
      long after = columns - before - matrices[i].size(1);
      rows[i] = Padding.constant(matrices[i], 0, 1, before, after);
      before += matrices[i].size(1);
    }
    return Tensor.cat(0, rows);
  }

  /** Rows and columns of the elements of a matrix on one side of a diagonal, {@code [2, n]}. */
  static Tensor indices(String operation, long rows, long columns, long k, boolean lower) {
    if (rows < 0 || columns < 0) {
      throw new ShapeException(operation + ": there is no matrix [" + rows + ", " + columns + "]");
    }
    long n = 0;
    for (long i = 0; i < rows; i++) {
      n += end(i, columns, k, lower) - start(i, columns, k, lower);
    }
    long[] found = new long[Math.toIntExact(2 * n)];
    int at = 0;
    for (long i = 0; i < rows; i++) {
      for (long j = start(i, columns, k, lower); j < end(i, columns, k, lower); j++) {
        found[at] = i;
        found[at++ + (int) n] = j;
      }
    }
    return Tensor.of(found, 2, n);
  }

  private static long start(long row, long columns, long k, boolean lower) {
    return lower ? 0 : Math.clamp(row + k, 0, columns);
  }

  private static long end(long row, long columns, long k, boolean lower) {
    return lower ? Math.clamp(row + k + 1, 0, columns) : columns;
  }
}
