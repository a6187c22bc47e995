package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowExtremumTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private static long fast(float... x) {
    try (var arena = Arena.ofConfined()) {
      var row = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      var lanes = arena.allocate(RowExtremum.ROOM, 64);
      return RowExtremum.firstLargest(row, 0, x.length, lanes);
    }
  }

  private static long plain(float... x) {
    int best = 0;
    for (int i = 1; i < x.length && x[best] == x[best]; i++) {
      if (x[i] != x[i] || x[i] > x[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Few distinct numbers, so that the largest stands in many places. */
  private static float[] row(SplittableRandom random, int n, int distinct) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextInt(distinct) - distinct / 2;
      x[i] = x[i] == 0 && random.nextBoolean() ? -0f : x[i];
    }
    return x;
  }

  @Test
  void findsTheFirstOfTheLargest() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < 3000; round++) {
      int distinct = 1 << random.nextInt(1, 14);
      float[] x = row(random, RowExtremum.STEP + random.nextInt(2500), distinct);
      assertThat(fast(x)).as("%d floats, %d distinct", x.length, distinct).isEqualTo(plain(x));
    }
  }

  @Test
  void leavesWhatIsNotFiniteToOthers() {
    var random = new SplittableRandom(2);
    for (int n : new int[] {512, 600, 1024, 1500}) {
      for (float number : new float[] {NAN, INF, -INF}) {
        for (int at : new int[] {0, 1, 100, 511, n - 1}) {
          float[] x = row(random, n, 50);
          x[at] = number;
          assertThat(fast(x)).isEqualTo(-1);
          assertThat(Tensor.of(x).argmax(0, false).item()).isEqualTo((double) plain(x));
        }
      }
    }
  }
}
