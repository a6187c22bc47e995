package dev.jebena.tensor;

import dev.jebena.memory.ShapeException;

/** Parts of matrices above and below a diagonal. */
final class Triangles {
  private Triangles() {}

  /** Where {@code column − row} is at most (lower) or at least (upper) the diagonal. */
  private static Tensor mask(String operation, Tensor x, long diagonal, boolean lower) {
    if (x.rank() < 2) {
      throw new ShapeException(operation + ": takes matrices, got shape " + x.shape());
    }
    return Context.current()
        .withDevice(x.device())
        .call(() -> {
          var rows = Tensor.arange(x.size(-2)).unsqueeze(1);
          var columns = Tensor.arange(x.size(-1));
          var distance = columns.sub(rows);
          return lower ? distance.le(diagonal) : distance.ge(diagonal);
        });
  }

  static Tensor tril(Tensor x, long diagonal) {
    return x.maskedFill(mask("tril", x, diagonal, true).not(), 0);
  }

  static Tensor triu(Tensor x, long diagonal) {
    return x.maskedFill(mask("triu", x, diagonal, false).not(), 0);
  }
}
