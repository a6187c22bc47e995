package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.fused.SamplingKernel;
import dev.jebena.memory.CategoricalDraw;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Operands;
import dev.jebena.testing.TestDevices;
import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both forms of the kernel draw what the host draws from the same bits, always. */
class ClSamplingTest {
  private static int choose(
      Device device, float[] logits, double temperature, int topK, double topP, long bits) {
    double[] values = new double[logits.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = logits[i];
    }
    var x = Operands.of(device, DType.F32, Shape.of(logits.length), values);
    var out = Operands.empty(device, DType.I64);
    device.fused(SamplingKernel.class).orElseThrow().choose(x, temperature, topK, topP, bits, out);
    int chosen = (int) Operands.read(device, out)[0];
    x.buffer().release();
    out.buffer().release();
    return chosen;
  }

  /** Steep and flat, with many equals, with infinities and what is no number. */
  private static float[] logits(SplittableRandom random) {
    int n = 1 + random.nextInt(random.nextInt(4) == 0 ? 3000 : 70);
    float[] logits = new float[n];
    double spread = Math.pow(10, random.nextDouble(-2, 2));
    boolean equals = random.nextInt(3) == 0;
    int odd = random.nextInt(12);
    for (int i = 0; i < n; i++) {
      logits[i] = (float) (random.nextGaussian() * spread);
      if (equals) {
        logits[i] = Math.round(logits[i]);
      }
      if (odd < 4 && random.nextInt(5) == 0) {
        float[] odds = {Float.NEGATIVE_INFINITY, Float.NaN, -0f, Float.POSITIVE_INFINITY};
        logits[i] = odds[odd];
      }
    }
    return logits;
  }

  private static void drawsAsTheHost(Device device) {
    var random = new SplittableRandom(11);
    double[] temperatures = {0, 1, 0.7, 0.01, 1e-30, 3, 1e30};
    double[] shares = {1, 0.9, 0.5, 1e-9, 0.999999};
    int[] counts = {0, 1, 2, 40, 5000};
    var seen = new HashSet<Integer>();
    for (int round = 0; round < 600; round++) {
      float[] logits = logits(random);
      double temperature = temperatures[random.nextInt(temperatures.length)];
      double topP = shares[random.nextInt(shares.length)];
      int topK = counts[random.nextInt(counts.length)];
      long bits = random.nextLong();
      int expected = CategoricalDraw.choose(logits, temperature, topK, topP, bits);
      assertThat(choose(device, logits, temperature, topK, topP, bits))
          .as("round %d: %d logits, %s, %d, %s", round, logits.length, temperature, topK, topP)
          .isEqualTo(expected);
      seen.add(expected);
    }
    assertThat(seen).as("different tokens").hasSizeGreaterThan(50);
  }

  @Test
  void theFormOfTheDeviceDrawsAsTheHost() {
    drawsAsTheHost(TestDevices.opencl());
  }

  @Test
  void theFormForGpusDrawsAsTheHost() {
    try (var device = TestKernels.gpuForm()) {
      drawsAsTheHost(device);
    }
  }

  @Test
  void aWholeVocabulary() {
    var device = TestDevices.opencl();
    var random = new SplittableRandom(5);
    float[] logits = new float[151_936];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian() * 2;
    }
    for (int round = 0; round < 5; round++) {
      long bits = random.nextLong();
      assertThat(choose(device, logits, 0.8, 50_000, 0.95, bits))
          .isEqualTo(CategoricalDraw.choose(logits, 0.8, 50_000, 0.95, bits));
    }
  }

  @Test
  void nothingToChooseFromIsRefused() {
    var device = TestDevices.opencl();
    assertThatThrownBy(() -> choose(device, new float[0], 1, 0, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("drawing one of 0 candidates: from 1 to 8388608 are possible");
  }
}
