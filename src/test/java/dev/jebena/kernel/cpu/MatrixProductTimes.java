package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Prints GFLOP/s of f32 matrix products: {@code MatrixProductTimes [threads [which shape]]}. */
final class MatrixProductTimes {
  private MatrixProductTimes() {}

  public static void main(String[] args) {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    int[][] shapes = {
      {64, 64, 64},
      {128, 128, 128},
      {256, 256, 256},
      {512, 512, 512},
      {1024, 1024, 1024},
      {2048, 2048, 2048},
      {4096, 512, 512},
      {4096, 512, 1344},
      {4096, 1344, 512},
      {512, 4096, 512},
      {512, 4096, 1344},
      {4096, 512, 10000},
      {1, 512, 1344},
      {1, 512, 10000},
      {8, 512, 1344}
    };
    int first = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    int last = args.length > 1 ? first + 1 : shapes.length;
    try (var device = CpuDevice.withThreads(threads)) {
      for (int[] s : Arrays.copyOfRange(shapes, first, last)) {
        var line = new StringBuilder("%5d x %5d x %5d ".formatted(s[0], s[1], s[2]));
        for (int form = 0; form < 3; form++) {
          var a = matrix(device, s[0], s[1], form == 2);
          var b = matrix(device, s[1], s[2], form == 1);
          var c = matrix(device, s[0], s[2], false);
          double flops = 2.0 * s[0] * s[1] * s[2];
          double best = 0;
          long until = System.nanoTime() + 1_500_000_000L;
          int repeat = (int) Math.max(1, 2e7 / flops);
          while (System.nanoTime() < until) {
            long start = now(threads);
            for (int i = 0; i < repeat; i++) {
              device.primitives().matmul(a, b, false, c);
            }
            best = Math.max(best, flops * repeat / (now(threads) - start));
          }
          line.append("  %s %6.1f".formatted(new String[] {"NN", "NT", "TN"}[form], best));
        }
        System.out.println(line);
      }
    }
  }

  /** Of one thread its processor time, so that a busy machine counts less. */
  private static long now(int threads) {
    return threads == 1
        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private static Operand matrix(CpuDevice device, long rows, long columns, boolean transposed) {
    var layout = Layout.contiguous(transposed ? Shape.of(columns, rows) : Shape.of(rows, columns));
    var operand = new Operand(device.allocate(4 * rows * columns), DType.F32, layout);
    device.primitives().fill(operand, 0.01);
    return transposed ? operand.with(layout.transpose(0, 1)) : operand;
  }
}
