package dev.jebena.nn;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Decides between a device's fused kernel and the composition of primitives. */
final class Fused {
  private Fused() {}

  /** The kernel, where the device has it and all tensors are f32. */
  static <K> Optional<K> kernel(Class<K> type, Tensor... tensors) {
    for (var tensor : tensors) {
      if (tensor.dtype() != DType.F32 || tensor.elements() == 0) {
        return Optional.empty();
      }
    }
    return tensors[0].device().fused(type);
  }

  /** The tensor with a contiguous last axis, which is what kernels want of strided operands. */
  static Tensor rows(Tensor x) {
    return x.size(-1) == 1 || x.layout().stride(-1) == 1 ? x : x.contiguous();
  }

  /** The tensors that are not null, in their order. */
  static Tensor[] present(Tensor... tensors) {
    return Stream.of(tensors).filter(Objects::nonNull).toArray(Tensor[]::new);
  }

  /** The operand of a tensor that may be null. */
  static Operand operand(Tensor x) {
    return x == null ? null : x.operand();
  }

  /** A tensor that may be null, its elements in row-major order. */
  static Tensor contiguous(Tensor x) {
    return x == null ? null : x.contiguous();
  }

  /** A contiguous {@code [..., D]} as {@code [N, D]}; null for null. */
  static Operand matrix(Tensor x) {
    if (x == null) {
      return null;
    }
    long width = x.size(-1);
    var shape = Shape.of(x.elements() / width, width);
    var rows = Layout.of(shape, new long[] {width, 1}, x.layout().offset());
    return x.operand().with(rows);
  }

  static Tensor empty(Tensor like, long... shape) {
    return Tensor.empty(like.device(), like.dtype(), Shape.of(shape));
  }

  /**
   * A fused gradient is not recorded itself; asking for that is an error rather than a wrong zero.
   */
  static void requireFirstOrder(String operation) {
    if (Context.current().recordsGradients()) {
      throw new IllegalStateException(
          "backward of "
              + operation
              + ": second derivatives are not available through its fused kernel; use f64 tensors,"
              + " which are composed of differentiable operations");
    }
  }
}
