package dev.jebena.kernel.opencl;

import dev.jebena.kernel.cpu.Samples;
import dev.jebena.memory.DType;

/** Not a test: times of matrix products, for people. */
final class ClTimes {
  public static void main(String[] args) {
    var info = Discovery.devices().getFirst();
    try (var device = OpenClDevice.open(info, Settings.standard(info))) {
      var samples = new Samples(1);
      var mirror = new Mirror(device);
      for (int[] s :
          new int[][] {
            {512, 512, 512},
            {1024, 1024, 1024},
            {4096, 512, 1344},
            {512, 1344, 4096},
            {1, 512, 10000},
            {256, 64, 256}
          }) {
        var a = mirror.toDevice(samples.contiguous(DType.F32, s[0], s[1]));
        var b = mirror.toDevice(samples.contiguous(DType.F32, s[2], s[1]));
        var bt = b.with(b.layout().transpose(0, 1));
        var out = mirror.toDevice(samples.contiguous(DType.F32, s[0], s[2]));
        double best = 1e9;
        int reps = (int) Math.max(5, 2e9 / ((double) s[0] * s[1] * s[2]));
        reps = Math.min(reps, 2000);
        for (int round = 0; round < 4; round++) {
          long t = System.nanoTime();
          for (int r = 0; r < reps; r++) {
            device.primitives().matmul(a, bt, false, out);
          }
          device.synchronize();
          best = Math.min(best, (System.nanoTime() - t) / 1e9 / reps);
        }
        System.out.printf(
            "%5d %5d %5d: %.3f ms %.1f GFLOP/s%n",
            s[0], s[1], s[2], best * 1e3, 2.0 * s[0] * s[1] * s[2] / best / 1e9);
      }
    }
  }
}
