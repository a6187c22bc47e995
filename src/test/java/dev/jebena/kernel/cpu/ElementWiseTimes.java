package dev.jebena.kernel.cpu;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/**
 * Prints GB/s (bytes read and written) of streaming kernels: {@code ElementWiseTimes [threads]}.
 */
final class ElementWiseTimes {
  private ElementWiseTimes() {}

  public static void main(String[] args) {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    try (var device = CpuDevice.withThreads(threads)) {
      var p = device.primitives();
      var a = matrix(device, DType.F32, 4096, 1344);
      var b = matrix(device, DType.F32, 4096, 1344);
      var c = matrix(device, DType.F32, 4096, 1344);
      var half = matrix(device, DType.BF16, 4096, 1344);
      var bool = matrix(device, DType.BOOL, 4096, 1344);
      var row = matrix(device, DType.F32, 1, 1344);
      var column = matrix(device, DType.F32, 4096, 1);
      var all = matrix(device, DType.F32, 1, 1);
      var wide = row.with(row.layout().expand(a.shape()));
      var flipped = matrix(device, DType.F32, 1344, 4096);
      double n = a.elements();
      time("copy", 8 * n, () -> p.copy(a, c));
      time("add", 12 * n, () -> p.binary(BinaryOp.ADD, a, b, c));
      time("add row", 8 * n, () -> p.binary(BinaryOp.ADD, a, wide, c));
      time("mul scalar", 8 * n, () -> p.scalar(BinaryOp.MUL, a, 2, false, c));
      time("exp", 8 * n, () -> p.unary(UnaryOp.EXP, a, c));
      time("silu", 8 * n, () -> p.unary(UnaryOp.SILU, a, c));
      time("gelu", 8 * n, () -> p.unary(UnaryOp.GELU, a, c));
      time("sin", 8 * n, () -> p.unary(UnaryOp.SIN, a, c));
      time("a > 0", 5 * n, () -> p.scalar(BinaryOp.GT, a, 0, false, bool));
      time("where", 13 * n, () -> p.where(bool, a, b, c));
      time("to bf16", 6 * n, () -> p.copy(a, half));
      time("from bf16", 6 * n, () -> p.copy(half, c));
      time("transpose", 8 * n, () -> p.copy(a.with(a.layout().transpose(0, 1)), flipped));
      time("sum of rows", 4 * n, () -> p.reduce(ReduceOp.SUM, a, new int[] {1}, column));
      time("sum of columns", 4 * n, () -> p.reduce(ReduceOp.SUM, a, new int[] {0}, row));
      time("sum", 4 * n, () -> p.reduce(ReduceOp.SUM, a, new int[] {0, 1}, all));
      time("max of rows", 4 * n, () -> p.reduce(ReduceOp.MAX, a, new int[] {1}, column));
    }
  }

  private static void time(String name, double bytes, Runnable kernel) {
    double best = 0;
    long until = System.nanoTime() + 1_500_000_000L;
    while (System.nanoTime() < until) {
      long start = System.nanoTime();
      kernel.run();
      best = Math.max(best, bytes / (System.nanoTime() - start));
    }
    System.out.printf("%-16s %6.2f GB/s%n", name, best);
  }

  private static Operand matrix(CpuDevice device, DType dtype, long rows, long columns) {
    var layout = Layout.contiguous(Shape.of(rows, columns));
    var operand = new Operand(device.allocate(dtype.byteSize() * rows * columns), dtype, layout);
    device.primitives().fill(operand, 0.5);
    return operand;
  }
}
