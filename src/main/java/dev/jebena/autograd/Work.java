package dev.jebena.autograd;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionOptions;
import java.util.List;

/**
 * What one launch has to do, as far as its operands tell.
 *
 * @param flops multiplications and additions; 0 where they are not counted
 * @param bytes of the elements of its operands, each once
 */
record Work(double flops, double bytes) {
  static final Work NONE = new Work(0, 0);

  /** Of a launch of {@code method} of a kernel, such as {@code matmul} of {@code Primitives}. */
  static Work of(String kernel, String method, Object[] arguments) {
    double bytes = 0;
    for (var argument : arguments) {
      bytes += bytes(argument);
    }
    return new Work(flops(kernel, method, arguments), bytes);
  }

  private static double bytes(Object argument) {
    return switch (argument) {
      case Operand operand -> distinct(operand) * operand.dtype().byteSize();
      case Operand[] operands -> bytes(List.of(operands));
      case List<?> list -> list.stream().mapToDouble(Work::bytes).sum();
      case null, default -> 0;
    };
  }

  /** Elements that lie in memory: what is broadcast lies there once. */
  private static double distinct(Operand operand) {
    double elements = 1;
    var layout = operand.layout();
    for (int axis = 0; axis < layout.rank(); axis++) {
      elements *= layout.stride(axis) == 0 ? 1 : layout.size(axis);
    }
    return elements;
  }

  private static double flops(String kernel, String method, Object[] arguments) {
    return switch (kernel + " " + method) {
      case "Primitives matmul" -> {
        var a = (Operand) arguments[0];
        var out = (Operand) arguments[3];
        yield 2.0 * out.layout().shape().elements() * size(a, -1);
      }
      case "LinearKernel forward" -> {
        // x and weight come first, the result last
        var out = (Operand) arguments[arguments.length - 1];
        yield 2.0 * out.layout().shape().elements() * size((Operand) arguments[0], -1);
      }
      case "AttentionKernel forward" -> attention(arguments, 2);
      case "AttentionKernel backward" -> attention(arguments, 5);
      case "LinearCrossEntropyKernel forward" -> {
        // x, weight, targets, terms, loss, and two gradients that may be missing
        int products = 1 + (arguments[5] == null ? 0 : 1) + (arguments[6] == null ? 0 : 1);
        double rows = size((Operand) arguments[0], 0);
        yield 2.0 * products * rows * ((Operand) arguments[1]).layout().shape().elements();
      }
      default -> 0;
    };
  }

  /** So many products of a query and a feature for each pair of a query and a key that it sees. */
  private static double attention(Object[] arguments, int products) {
    var q = (Operand) arguments[0];
    var visible =
        ((AttentionOptions) arguments[4]).visibleKeys(size(q, 2), size((Operand) arguments[1], 2));
    long pairs = 0;
    for (int t = 0; t < size(q, 2); t++) {
      pairs += visible.any(t) ? visible.end(t) - visible.first(t) : 0;
    }
    return 2.0 * products * size(q, 0) * size(q, 1) * size(q, 3) * pairs;
  }

  private static long size(Operand operand, int axis) {
    var layout = operand.layout();
    return layout.size(axis < 0 ? layout.rank() + axis : axis);
  }
}
