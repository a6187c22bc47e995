package dev.jebena.tensor;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RowFoldKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Optional;

/**
 * Folds of all axes from some axis on, where these lie side by side and the device has a kernel
 * that folds them in one trip through memory.
 *
 * @param rows {@code [..., D]}: the tensor with its folded axes as one
 * @param shape of results: the folded axes have size 1
 */
record RowFolds(RowFoldKernel kernel, Tensor rows, Shape shape) {

  /** Empty where there is no such kernel, or it does not take this tensor. */
  static Optional<RowFolds> of(Tensor x, int[] folded) {
    int first = x.rank() - folded.length;
    boolean fits =
        x.dtype() == DType.F32
            && x.elements() > 0
            && folded.length > 0
            && folded[0] == first; // they are sorted: the last axes, all of them
    if (!fits) {
      return Optional.empty();
    }
    var kernel = x.device().fused(RowFoldKernel.class);
    if (kernel.isEmpty()) {
      return Optional.empty();
    }
    long[] sizes = x.shape().toArray();
    long[] joined = Arrays.copyOf(sizes, first + 1);
    joined[first] = 1;
    for (int axis : folded) {
      joined[first] *= sizes[axis];
      sizes[axis] = 1;
    }
    var layout = x.layout().reshape(Shape.of(joined));
    return layout
        .filter(l -> l.size(-1) <= Integer.MAX_VALUE && (l.stride(-1) == 1 || l.size(-1) == 1))
        .map(l -> new RowFolds(kernel.get(), x.detach().under(l), Shape.of(sizes)));
  }

  private Tensor empty() {
    return Dispatch.empty(rows.device(), DType.F32, shape);
  }

  /** The kernel's view of a result: {@code [..., 1]}. */
  private Operand target(Tensor out) {
    var wanted = rows.shape().with(rows.rank() - 1, 1);
    return out.operand().with(Layout.contiguous(wanted));
  }

  Tensor logSumExp() {
    var out = empty();
    kernel.logSumExp(rows.operand(), target(out));
    Reference.reachabilityFence(rows);
    Reference.reachabilityFence(out);
    return out;
  }

  /** Sums of squared distances from the mean. */
  Tensor squares() {
    var mean = empty();
    var squares = empty();
    kernel.moments(rows.operand(), target(mean), target(squares));
    Reference.reachabilityFence(rows);
    Reference.reachabilityFence(mean);
    Reference.reachabilityFence(squares);
    return squares;
  }
}
