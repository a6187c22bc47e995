package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.autograd.GradientCheck;
import dev.jebena.kernel.Device;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostAllocator;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.DeferredDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class DropoutTest {
  private static final int N = 1 << 18;

  private static boolean[] dropped(long seed, long position, double p) {
    return Context.current()
        .withGenerator(new Generator(seed, position))
        .call(() -> {
          float[] y = new Dropout(p).forward(Tensor.ones(N)).toFloats();
          boolean[] dropped = new boolean[N];
          for (int i = 0; i < N; i++) {
            dropped[i] = y[i] == 0;
          }
          return dropped;
        });
  }

  /** How far a count of draws is from what is expected, in standard deviations. */
  private static double deviation(long count, long draws, double p) {
    return Math.abs(count - draws * p) / Math.sqrt(draws * p * (1 - p));
  }

  @Test
  void eachElementIsDroppedWithItsProbability() {
    for (double p : new double[] {0.01, 0.1, 0.5, 0.9}) {
      boolean[] dropped = dropped(11, 0, p);
      long all = 0;
      long[] atPlace = new long[64]; // each word of each block of a group
      for (int i = 0; i < N; i++) {
        if (dropped[i]) {
          all++;
          atPlace[i % 64]++;
        }
      }
      assertThat(deviation(all, N, p)).as("p = " + p).isLessThan(4);
      for (long count : atPlace) {
        assertThat(deviation(count, N / 64, p)).isLessThan(4.5);
      }
    }
  }

  @Test
  void neighboursAndSuccessiveDrawsAreIndependent() {
    double p = 0.3;
    boolean[] first = dropped(11, 0, p);
    boolean[] next = dropped(11, N / 4, p);
    boolean[] other = dropped(12, 0, p);
    for (int distance : new int[] {1, 2, 3, 4, 8, 16, 17, 64, 512}) {
      long both = 0;
      for (int i = 0; i < N - distance; i++) {
        both += first[i] && first[i + distance] ? 1 : 0;
      }
      assertThat(deviation(both, N - distance, p * p)).as("distance " + distance).isLessThan(5);
    }
    for (var another : List.of(next, other)) {
      long both = 0;
      for (int i = 0; i < N; i++) {
        both += first[i] && another[i] ? 1 : 0;
      }
      assertThat(deviation(both, N, p * p)).isLessThan(4);
    }
  }

  @Test
  void everyDeviceAndTypeDropsTheSame() {
    float[] expected = run(Devices.get("reference"), DType.F32);
    for (var device :
        List.of(Devices.get("cpu"), DeferredDevice.primitivesOnly(), DeferredDevice.withFused())) {
      assertThat(run(device, DType.F32)).as(device.name()).isEqualTo(expected);
      float[] wide = run(device, DType.F64);
      for (int i = 0; i < wide.length; i++) {
        assertThat(wide[i] == 0).isEqualTo(expected[i] == 0);
      }
    }
  }

  /** Two draws of one generator, forward and backward. */
  private static float[] run(Device device, DType dtype) {
    return Context.current()
        .withDevice(device)
        .withSeed(5)
        .call(() -> {
          var x = Tensor.ones(7, 31).to(dtype).requiresGrad(true);
          var dropout = new Dropout(0.4);
          var y = dropout.forward(x.mul(3));
          dropout.forward(y).sum().backward();
          return Tensor.cat(0, y.detach(), x.grad()).to(DType.F32).toFloats();
        });
  }

  /** Beside its result an operation keeps nothing. */
  @Test
  void noMaskIsKept() {
    try (var device = CpuDevice.withThreads(2, new HostAllocator())) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            try (var _ = Scope.open()) {
              var x = Tensor.ones(N).requiresGrad(true);
              long before = device.allocator().statistics().liveBytes();
              var y = new Dropout(0.5).forward(x);
              assertThat(device.allocator().statistics().peakLiveBytes() - before)
                  .isEqualTo(4L * N);
              y.sum().backward();
              assertThat(x.grad().toFloats()).isEqualTo(y.toFloats());
            }
          });
    }
  }

  /**
   * Weights of attention: with values that are one, a query gets the sum of the weights that were
   * left, each scaled by 1/(1−p); keys that it may not see stay unseen.
   */
  @Test
  void attentionLosesWeightsWhileItTrains() {
    Context.current()
        .withGenerator(new Generator(3, 0))
        .run(() -> {
          var q = Tensor.randn(2, 4, 24, 8);
          var k = Tensor.randn(2, 2, 24, 8);
          var v = Tensor.ones(2, 2, 24, 8);
          var options = AttentionOptions.causal(0.35);
          var dropout = new Dropout(0.25);
          float[] kept = ScaledDotProduct.attend(q, k, v, null, options, dropout).toFloats();
          // the first query sees one key: it has all of it or nothing
          int full = 0;
          double sum = 0;
          for (int i = 0; i < kept.length; i += 8) {
            if (i / 8 % 24 == 0) {
              assertThat(kept[i]).isIn(0f, 1 / 0.75f);
              full += kept[i] > 0 ? 1 : 0;
            }
            sum += kept[i];
          }
          assertThat(full).isBetween(1, 8);
          assertThat(sum / (kept.length / 8)).isBetween(0.9, 1.1); // the mean stays
          dropout.setTraining(false);
          assertThat(ScaledDotProduct.attend(q, k, v, null, options, dropout).toFloats())
              .isEqualTo(ScaledDotProduct.attend(q, k, v, options).toFloats());
          var none = new Dropout(0);
          assertThat(ScaledDotProduct.attend(q, k, v, null, options, none).toFloats())
              .isEqualTo(ScaledDotProduct.attend(q, k, v, options).toFloats());
        });
  }

  /** The gradient passes through the same weights that the result was made of. */
  @Test
  void attentionsGradientDropsTheSameWeights() {
    var scores = AttentionOptions.causal(0.5);
    var inputs =
        List.of(
            Tensor.randn(1, 2, 5, 4).to(DType.F64),
            Tensor.randn(1, 2, 5, 4).to(DType.F64),
            Tensor.randn(1, 2, 5, 4).to(DType.F64));
    var wrong =
        GradientCheck.check(
            x ->
                Context.current()
                    .withGenerator(new Generator(7, 0))
                    .call(() ->
                        ScaledDotProduct.attend(x[0], x[1], x[2], null, scores, new Dropout(0.4))),
            inputs.toArray(Tensor[]::new));
    assertThat(wrong).isEmpty();
  }
}
