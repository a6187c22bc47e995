package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OnlineSoftmaxTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  private static double[] fold(float... x) {
    try (var arena = Arena.ofConfined()) {
      var row = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      var online = new OnlineSoftmax(arena.allocate(OnlineSoftmax.ROOM, 64));
      online.fold(row, 0, x.length);
      return new double[] {online.max(), online.sum()};
    }
  }

  /** In f64, in two passes. */
  private static double sum(float... x) {
    double max = IntStream.range(0, x.length).mapToDouble(i -> x[i]).max().orElseThrow();
    return IntStream.range(0, x.length).mapToDouble(i -> Math.exp(x[i] - max)).sum();
  }

  private static void check(float... x) {
    double[] both = fold(x);
    double max = IntStream.range(0, x.length).mapToDouble(i -> x[i]).max().orElseThrow();
    double sum = sum(x);
    assertThat(both[0]).as("max of %d", x.length).isEqualTo(max);
    assertThat(both[1]).as("sum of %d", x.length).isCloseTo(sum, within(3e-6 * sum));
  }

  @Test
  void agreesWithTwoPasses() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < 500; round++) {
      float[] x = new float[1 + random.nextInt(5000)];
      double spread = Math.pow(10, random.nextInt(-2, 3));
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) (spread * random.nextDouble(-1, 1) - spread);
      }
      check(x);
    }
  }

  @Test
  void followsAMaximumThatRisesAllAlong() {
    for (int n : new int[] {1, 15, 64, 1023, 1024, 1025, 4099}) {
      float[] x = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = i / 8f;
      }
      check(x);
    }
  }

  @Test
  void countsMaskedNumbersAsNothing() {
    var random = new SplittableRandom(3);
    for (int n : new int[] {2, 40, 1100, 3000}) {
      for (int shown : new int[] {0, n / 2, n - 1}) {
        float[] x = new float[n];
        Arrays.fill(x, -INF);
        for (int i = 0; i < 3; i++) {
          x[Math.min(n - 1, shown + i)] = (float) random.nextDouble(-3, 3);
        }
        check(x);
      }
    }
  }

  @Test
  void hasNoSumWhereTheMaximumIsNoNumber() {
    for (int n : new int[] {1, 33, 2000}) {
      for (int at : new int[] {0, n / 2, n - 1}) {
        for (float number : new float[] {Float.NaN, Float.intBitsToFloat(0xFFC00000), INF}) {
          float[] x = new float[n];
          x[at] = number;
          double[] both = fold(x);
          assertThat(both[0]).isEqualTo(Double.valueOf(number == INF ? INF : Float.NaN));
          assertThat(both[1]).isNaN();
        }
      }
      float[] masked = new float[n];
      Arrays.fill(masked, -INF);
      assertThat(fold(masked)[0]).isEqualTo(-INF);
      assertThat(fold(masked)[1]).isNaN();
    }
  }
}
