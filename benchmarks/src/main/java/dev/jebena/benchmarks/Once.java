package dev.jebena.benchmarks;

import dev.jebena.memory.Scope;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;

/** One call of an operation, whose results are freed before the next. */
final class Once {
  private Once() {}

  /**
   * Without recording gradients; the class of the result keeps the compiler from leaving it out.
   */
  static Object forward(Supplier<Tensor> operation) {
    return Tensor.noGrad(() -> {
      try (var _ = Scope.open()) {
        return operation.get().shape();
      }
    });
  }

  /** Forward and backward with a gradient of ones, which ends in {@code leaves}. */
  static Object backward(Supplier<Tensor> operation, Tensor... leaves) {
    try (var _ = Scope.open()) {
      var out = operation.get();
      out.backward(Tensor.onesLike(out), false);
      Arrays.stream(leaves).forEach(Tensor::zeroGrad);
      return out.shape();
    }
  }

  /** A leaf that gathers gradients. */
  static Tensor leaf(long... shape) {
    return Tensor.randn(shape).requiresGrad(true);
  }

  /** For sizes {@code AxBxC}. */
  static long[] sizes(String text) {
    return Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
  }
}
