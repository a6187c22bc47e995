package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.reference.ReferenceDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Operands;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Times causal attention: {@code B H T D threads}. Not a test; run its main method. Medians;
 * operations are those of the pairs that see each other.
 */
final class AttentionBenchmark {
  private static final double SECONDS = 12;

  private AttentionBenchmark() {}

  public static void main(String[] arguments) {
    int b = Integer.parseInt(arguments[0]);
    int h = Integer.parseInt(arguments[1]);
    int t = Integer.parseInt(arguments[2]);
    int d = Integer.parseInt(arguments[3]);
    var memory = new ReferenceDevice();
    var random = new SplittableRandom(1);
    var layout =
        Layout.of(Shape.of(b, h, t, d), new long[] {(long) t * h * d, d, (long) h * d, 1}, 0);
    var x = new Operand[8];
    for (int i = 0; i < x.length; i++) {
      x[i] = Operands.normal(memory, layout, random);
    }
    var lse = Operands.empty(memory, DType.F32, b, h, t);
    try (var pool = new WorkerPool(Integer.parseInt(arguments[4]))) {
      var kernel = new CpuAttention(pool);
      var options = AttentionOptions.causal(1 / Math.sqrt(d));
      Runnable forward = () -> kernel.forward(x[0], x[1], x[2], null, options, x[3], lse);
      Runnable both =
          () -> {
            forward.run();
            kernel.backward(
                x[0], x[1], x[2], null, options, x[3], lse, x[4], x[5], x[6], x[7], null);
          };
      double pairs = 0.5 * t * (t + 1.0) * b * h;
      print("T " + t + ": forward", median(forward), 4 * pairs * d);
      print(", forward and backward", median(both), 14 * pairs * d);
      System.out.println();
    }
  }

  private static void print(String what, double seconds, double operations) {
    System.out.printf("%s %.3f ms %.0f GFLOP/s", what, seconds * 1e3, operations / seconds / 1e9);
  }

  private static double median(Runnable work) {
    double[] times = new double[40_000];
    int n = 0;
    long begin = System.nanoTime();
    while (n < times.length && System.nanoTime() - begin < SECONDS * 1e9) {
      long start = System.nanoTime();
      work.run();
      times[n++] = (System.nanoTime() - start) / 1e9;
    }
    // the first half of the rounds warms up
    return Arrays.stream(times, n / 2, n).sorted().toArray()[(n - n / 2) / 2];
  }
}
