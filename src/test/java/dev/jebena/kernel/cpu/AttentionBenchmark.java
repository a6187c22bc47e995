package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.reference.ReferenceDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Operands;
import java.util.SplittableRandom;

/** Times attention: {@code B H T D threads}. Not a test; run its main method. */
final class AttentionBenchmark {
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
      double flops = 4.0 * b * h * t * t * d;
      for (boolean causal : new boolean[] {false, true}) {
        double work = causal ? flops / 2 : flops;
        var options = causal ? AttentionOptions.causal(0.125) : AttentionOptions.full(0.125);
        double forward = 1e9;
        double backward = 1e9;
        for (int round = 0; round < 300; round++) {
          long start = System.nanoTime();
          kernel.forward(x[0], x[1], x[2], null, options, x[3], lse);
          long middle = System.nanoTime();
          kernel.backward(x[0], x[1], x[2], null, options, x[3], lse, x[4], x[5], x[6], x[7], null);
          long end = System.nanoTime();
          forward = Math.min(forward, (middle - start) / 1e9);
          backward = Math.min(backward, (end - middle) / 1e9);
        }
        System.out.printf(
            "causal %b: forward %.2f ms %.0f GFLOP/s, backward %.2f ms %.0f GFLOP/s%n",
            causal,
            forward * 1e3,
            work / forward / 1e9,
            backward * 1e3,
            2.5 * work / backward / 1e9);
      }
    }
  }
}
