package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FloatRangeTest {
  private static final float NEGATIVE_NAN = Float.intBitsToFloat(0xFFC00000);

  private static float[] extrema(float... x) {
    try (var arena = Arena.ofConfined()) {
      var row = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      return new float[] {FloatRange.max(row, 0, x.length), FloatRange.min(row, 0, x.length)};
    }
  }

  private static float[] plainExtrema(float... x) {
    float max = Float.NEGATIVE_INFINITY;
    float min = Float.POSITIVE_INFINITY;
    for (float v : x) {
      max = Math.max(max, v);
      min = Math.min(min, v);
    }
    return new float[] {max, min};
  }

  private static long plainPlace(boolean largest, float... x) {
    int best = 0;
    for (int i = 1; i < x.length && x[best] == x[best]; i++) {
      if (x[i] != x[i] || (largest ? x[i] > x[best] : x[i] < x[best])) {
        best = i;
      }
    }
    return best;
  }

  /** Few distinct numbers, so that extrema stand in many places; zeros of both signs. */
  private static float[] row(SplittableRandom random, int n, int distinct, int shift) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextInt(distinct) - distinct / 2 + shift;
      x[i] = x[i] == 0 && random.nextBoolean() ? -0f : x[i];
    }
    return x;
  }

  private static void check(float... x) {
    // bit for bit: −0 is below 0
    assertThat(extrema(x)).as("%d floats", x.length).containsExactly(plainExtrema(x));
    assertThat(Tensor.of(x).argmax(0, false).item()).isEqualTo((double) plainPlace(true, x));
    assertThat(Tensor.of(x).argmin(0, false).item()).isEqualTo((double) plainPlace(false, x));
  }

  @Test
  void agreesWithOneNumberAfterTheOther() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < 2000; round++) {
      int distinct = 1 << random.nextInt(1, 14);
      // of one sign, of both, and of the other
      int shift = (random.nextInt(3) - 1) * distinct;
      check(row(random, 1 + random.nextInt(2500), distinct, shift));
    }
  }

  @Test
  void knowsInfinitiesAndNanOfBothSigns() {
    var random = new SplittableRandom(2);
    float[] odd = {
      Float.NaN, NEGATIVE_NAN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE
    };
    for (int n : new int[] {1, 7, 16, 65, 512, 1500}) {
      for (float number : odd) {
        for (int at : new int[] {0, 1, n / 2, n - 1}) {
          for (int shift : new int[] {-100, 0, 100}) {
            float[] x = row(random, n, 50, shift);
            x[Math.min(at, n - 1)] = number;
            check(x);
          }
        }
      }
    }
  }
}
