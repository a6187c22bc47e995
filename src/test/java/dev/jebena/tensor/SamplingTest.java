package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.TruncatedNormal;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random tensors against the distributions they claim, with fixed seeds. */
class SamplingTest {
  private static <T> T seeded(long seed, Supplier<T> action) {
    return Context.current().withSeed(seed).call(action);
  }

  /**
   * The test of Kolmogorov and Smirnov: the largest distance between the fraction of draws up to a
   * value and the probability of that, at a level that one seed in a thousand fails.
   */
  private static void follows(DoubleUnaryOperator cdf, Tensor draws) {
    double[] sorted = draws.toDoubles();
    Arrays.sort(sorted);
    int n = sorted.length;
    double distance = 0;
    for (int i = 0; i < n; i++) {
      double p = cdf.applyAsDouble(sorted[i]);
      distance = Math.max(distance, Math.max(p - (double) i / n, (i + 1.0) / n - p));
    }
    assertThat(distance).isLessThan(1.95 / Math.sqrt(n));
  }

  @Test
  void truncatedNormalFollowsItsDistribution() {
    double[][] cases = {{0, 0.02, -0.04, 0.04}, {1, 2, 1.5, 9}, {-3, 0.5, -1.5, 5}, {0, 1, -9, 9}};
    for (var c : cases) {
      double mean = c[0];
      double std = c[1];
      var draws = seeded(7, () -> Tensor.truncatedNormal(mean, std, c[2], c[3], 40_000));
      double low = TruncatedNormal.cdf((c[2] - mean) / std);
      double high = TruncatedNormal.cdf((c[3] - mean) / std);
      follows(x -> (TruncatedNormal.cdf((x - mean) / std) - low) / (high - low), draws);
      assertThat(draws.min().item()).isGreaterThanOrEqualTo((float) c[2]);
      assertThat(draws.max().item()).isLessThanOrEqualTo((float) c[3]);
    }
  }

  /** Mean and variance have closed forms: −(φ(b) − φ(a)) / Z, and 1 − (bφ(b) − aφ(a))/Z − mean². */
  @Test
  void truncatedNormalHasItsMoments() {
    double a = -1;
    double b = 2;
    var draws = seeded(3, () -> Tensor.truncatedNormal(0, 1, a, b, 200_000)).to(DType.F64);
    double phiA = Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
    double phiB = Math.exp(-b * b / 2) / Math.sqrt(2 * Math.PI);
    double z = TruncatedNormal.cdf(b) - TruncatedNormal.cdf(a);
    double mean = (phiA - phiB) / z;
    double variance = 1 + (a * phiA - b * phiB) / z - mean * mean;
    assertThat(draws.mean().item()).isEqualTo(mean, within(0.01));
    assertThat(draws.var(1).item()).isEqualTo(variance, within(0.01));
  }

  @Test
  void exponentialAndGumbel() {
    var waits = seeded(11, () -> Tensor.exponential(2.5, 30_000));
    follows(x -> -Math.expm1(-2.5 * x), waits);
    assertThat(waits.min().item()).isPositive();
    follows(x -> Math.exp(-Math.exp(-x)), seeded(12, () -> Tensor.gumbel(30_000)));
  }

  @Test
  void bernoulli() {
    var draws = seeded(5, () -> Tensor.bernoulli(0.3, 50_000));
    assertThat(draws.mean().item()).isEqualTo(0.3, within(0.01));
    assertThat(draws.unique().values().toFloats()).containsExactly(0, 1);
    assertThat(Tensor.bernoulli(0, 1000).sum().item()).isZero();
    assertThat(Tensor.bernoulli(1, 1000).sum().item()).isEqualTo(1000);
    var p = Tensor.of(new float[] {0, 0.1f, 0.5f, 1}, 4).unsqueeze(1).expand(4, 20_000);
    var rows = seeded(6, p::bernoulli).mean(1, false).toFloats();
    assertThat(rows[0]).isZero();
    assertThat(rows[1]).isCloseTo(0.1f, within(0.01f));
    assertThat(rows[2]).isCloseTo(0.5f, within(0.02f));
    assertThat(rows[3]).isEqualTo(1);
  }

  @Test
  void permutationsAreAllThereAndEquallyLikely() {
    long[] one = seeded(1, () -> Tensor.randperm(1000)).toLongs();
    assertThat(one).containsExactlyInAnyOrder(LongStream.range(0, 1000).toArray());
    assertThat(one).isNotEqualTo(LongStream.range(0, 1000).toArray());
    var counts = new int[27];
    seeded(
        2,
        () -> {
          for (int i = 0; i < 6000; i++) {
            long[] p = Tensor.randperm(3).toLongs();
            counts[(int) (9 * p[0] + 3 * p[1] + p[2])]++;
          }
          return null;
        });
    assertThat(Arrays.stream(counts).filter(c -> c > 0))
        .hasSize(6)
        .allMatch(c -> c > 880 && c < 1120);
  }

  @Test
  void multinomialDrawsByWeight() {
    var weights = Tensor.of(new float[] {1, 0, 3, 4, 0, 0, 2, 0}, 2, 4);
    var with = seeded(9, () -> weights.multinomial(20_000, true));
    var first = with.select(0, 0).bincount(null, 4).toLongs();
    assertThat(first[0]).isBetween(2350L, 2650L);
    assertThat(first[1]).isZero();
    assertThat(first[2]).isBetween(7300L, 7700L);
    assertThat(with.select(0, 1).unique().values().toLongs()).containsExactly(2);
  }

  /** Without replacement the pair (0, 2) comes with 1/4·… computed by hand. */
  @Test
  void multinomialWithoutReplacement() {
    var weights = Tensor.of(new float[] {1, 0, 3, 4}, 4);
    var rows = weights.unsqueeze(0).expand(20_000, 4);
    var pairs = seeded(10, () -> rows.multinomial(2, false));
    var code = pairs.select(1, 0).mul(4).add(pairs.select(1, 1));
    long[] counts = code.bincount(null, 16).toLongs();
    // P(first i, then j) = w_i/8 · w_j/(8 − w_i)
    double[] w = {1, 0, 3, 4};
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        double p = i == j ? 0 : w[i] / 8 * w[j] / (8 - w[i]);
        assertThat(counts[4 * i + j] / 20_000.0).as("%s, %s", i, j).isEqualTo(p, within(0.012));
      }
    }
  }

  @Test
  void everyDeviceAndAnyNumberOfThreadsDrawTheSame() {
    Supplier<double[]> draws =
        () -> {
          var parts =
              Tensor.cat(
                  0,
                  Tensor.truncatedNormal(0, 1, -2, 1, 9001),
                  Tensor.randperm(9001).to(DType.F32),
                  Tensor.bernoulli(0.4, 9001),
                  Tensor.exponential(1, 9001),
                  Tensor.gumbel(9001),
                  Tensor.ones(9, 50).multinomial(20, true).reshape(-1).to(DType.F32),
                  Tensor.ones(9, 50).multinomial(20, false).reshape(-1).to(DType.F32));
          return parts.toDoubles();
        };
    var expected = Context.current().withSeed(4).withDevice(Devices.get("reference")).call(draws);
    for (int threads : new int[] {1, 3}) {
      try (var device = CpuDevice.withThreads(threads)) {
        assertThat(Context.current().withSeed(4).withDevice(device).call(draws))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void eachDrawMovesTheGeneratorByTheBlocksOfItsElements() {
    var generator = new Generator(1);
    Context.current()
        .withGenerator(generator)
        .run(() -> {
          Tensor.truncatedNormal(0, 1, -1, 1, 7);
          assertThat(generator.position()).isEqualTo(RandomOp.UNIFORM.blocks(7)).isEqualTo(4);
          Tensor.randperm(10);
          assertThat(generator.position()).isEqualTo(9);
          Tensor.bernoulli(0.5, 2, 3);
          assertThat(generator.position()).isEqualTo(12);
          Tensor.ones(3, 4).multinomial(5, true);
          assertThat(generator.position()).isEqualTo(20);
          Tensor.ones(3, 4).multinomial(2, false);
          assertThat(generator.position()).isEqualTo(26);
        });
  }

  @Test
  void impossibleDistributionsAreRefused() {
    assertThatThrownBy(() -> Tensor.truncatedNormal(0, 0, -1, 1, 3))
        .hasMessage("truncatedNormal: std 0.0 is not positive");
    assertThatThrownBy(() -> Tensor.truncatedNormal(0, 1, 2, 2, 3))
        .hasMessage("truncatedNormal: the range [2.0, 2.0] is empty");
    assertThatThrownBy(() -> Tensor.truncatedNormal(0, 1, 50, 60, 3))
        .hasMessageContaining("50.0 standard deviations from the mean");
    assertThatThrownBy(() -> Tensor.bernoulli(1.2, 3))
        .hasMessage("bernoulli: 1.2 is no probability");
    assertThatThrownBy(() -> Tensor.exponential(-1, 3)).hasMessageContaining("is not positive");
    assertThatThrownBy(() -> Tensor.ones(3).multinomial(4, false))
        .hasMessage("multinomial: 4 of 3 without replacement; at least 1 and at most 3 would fit");
    assertThatThrownBy(() -> Tensor.zeros(3).multinomial(1, true))
        .hasMessage("multinomial: a row has 0 weights that are not 0; 1 is needed");
    assertThatThrownBy(() -> Tensor.of(new float[] {1, 0, 2}, 3).multinomial(3, false))
        .hasMessage("multinomial: a row has 2 weights that are not 0; 3 are needed");
    assertThatThrownBy(() -> Tensor.of(new float[] {1, -1}, 2).multinomial(1, true))
        .hasMessage("multinomial: weights must be finite and not negative");
  }
}
