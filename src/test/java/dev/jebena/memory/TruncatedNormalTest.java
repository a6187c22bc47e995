package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TruncatedNormalTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  /** {@code erfc(-x / √2) / 2} as the C library computes it. */
  @Test
  void cumulativeProbabilities() {
    double[] x = {-30, -12, -5, -3.5, -3, -2.9, -1, -0.1, 0, 0.4, 1, 2.5, 4};
    double[] expected = {
      4.906713927148764e-198,
      1.776482112077702e-33,
      2.866515718791946e-07,
      0.00023262907903552504,
      0.0013498980316300957,
      0.0018658133003840384,
      0.15865525393145707,
      0.460172162722971,
      0.5,
      0.6554217416103242,
      0.8413447460685429,
      0.9937903346742238,
      0.9999683287581669
    };
    for (int i = 0; i < x.length; i++) {
      assertThat(TruncatedNormal.cdf(x[i]))
          .as("%s", x[i])
          .isCloseTo(expected[i], withinPercentage(1e-10));
    }
  }

  @Test
  void quantilesOfTheWholeDistribution() {
    double[] p = {1e-300, 1e-20, 1e-5, 0.01, 0.3, 0.5, 0.6, 0.99, 1 - 1e-9};
    double[] expected = {
      -37.0470962993612,
      -9.262340089798409,
      -4.264890793922825,
      -2.3263478740408408,
      -0.5244005127080409,
      0,
      0.2533471031357997,
      2.3263478740408408,
      5.997807019601637
    };
    for (int i = 0; i < p.length; i++) {
      assertThat(TruncatedNormal.quantile(p[i], -INF, INF))
          .as("%s", p[i])
          .isEqualTo(expected[i], within(1e-9));
    }
  }

  @Test
  void drawsStayInsideAndGoBackToTheirProbability() {
    double[][] intervals = {
      {-1, 2}, {-INF, 0}, {3, INF}, {8, 9}, {-36, -35.5}, {36.5, INF}, {-0.001, 0.001}, {-INF, INF}
    };
    var random = new SplittableRandom(5);
    for (var ends : intervals) {
      double previous = Double.NEGATIVE_INFINITY;
      for (int i = 0; i <= 1000; i++) {
        double u = i == 0 ? 0 : i == 1000 ? 1 - 0x1p-53 : (i + random.nextDouble() - 0.5) / 1000;
        double x = TruncatedNormal.quantile(u, ends[0], ends[1]);
        assertThat(x).isFinite().isBetween(ends[0], ends[1]).isGreaterThanOrEqualTo(previous);
        previous = x;
        // from the nearer tail, which keeps the digits
        double low = ends[0] > 0 ? -ends[1] : ends[0];
        double high = ends[0] > 0 ? -ends[0] : ends[1];
        double at = ends[0] > 0 ? -x : x;
        double below = TruncatedNormal.cdf(low);
        double fraction = (TruncatedNormal.cdf(at) - below) / (TruncatedNormal.cdf(high) - below);
        assertThat(ends[0] > 0 ? 1 - fraction : fraction).isEqualTo(u, within(1e-9));
      }
    }
  }
}
