package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CategoricalDrawTest {
  private static final float NONE = Float.NEGATIVE_INFINITY;

  /** Against the exponential of f64; what f32 loses of the exponent stays. */
  @Test
  void weightsAreExponentials() {
    var random = new SplittableRandom(3);
    assertThat(CategoricalDraw.weight(5, 5, 2)).isEqualTo(1L << 40);
    for (int i = 0; i < 20_000; i++) {
      float top = (float) random.nextDouble(-10, 10);
      float logit = top - (float) random.nextDouble(0, 20);
      double expected = StrictMath.exp((double) (logit - top)) * 0x1p40;
      assertThat((double) CategoricalDraw.weight(logit, top, 1))
          .isCloseTo(expected, within(1 + expected * 1e-8));
    }
    assertThat(CategoricalDraw.weight(-100, 0, 1)).isZero();
    assertThat(CategoricalDraw.weight(NONE, 0, 1)).isZero();
    assertThat(CategoricalDraw.weight(Float.NaN, 0, 1)).isZero();
  }

  /** A sampler of another form: a cumulative sum over the sorted, in f64. */
  @Test
  void drawsInProportionToProbabilities() {
    var random = new SplittableRandom(9);
    float[] logits = new float[40];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian() * 2;
    }
    double temperature = 1.3;
    int topK = 25;
    double topP = 0.9;
    Integer[] order = new Integer[logits.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Float.compare(logits[b], logits[a]));
    double[] expected = new double[logits.length];
    double all = 0;
    for (int i = 0; i < topK; i++) {
      all += Math.exp(logits[order[i]] / temperature);
    }
    double kept = 0;
    for (int i = 0; i < topK && kept < topP * all; i++) {
      expected[order[i]] = Math.exp(logits[order[i]] / temperature);
      kept += expected[order[i]];
    }
    double[] shares = new double[logits.length];
    int draws = 200_000;
    for (int i = 0; i < draws; i++) {
      long bits = random.nextLong();
      shares[CategoricalDraw.choose(logits, temperature, topK, topP, bits)] += 1.0 / draws;
    }
    for (int i = 0; i < shares.length; i++) {
      assertThat(shares[i]).as("share of %d", i).isCloseTo(expected[i] / kept, within(4e-3));
      assertThat(shares[i] > 0).as("%d is drawn", i).isEqualTo(expected[i] > 0);
    }
  }

  @Test
  void takesTheFirstOfEqualsAndNeverWhatIsNoNumber() {
    float[] logits = {Float.NaN, -0f, 0, NONE, 0, Float.NaN};
    assertThat(CategoricalDraw.choose(logits, 0, 0, 1, 0)).isEqualTo(1);
    for (long bits : new long[] {0, 1L << 62, Long.MIN_VALUE, -1}) {
      assertThat(CategoricalDraw.choose(logits, 1, 0, 1, bits)).isIn(1, 2, 4);
      assertThat(CategoricalDraw.choose(logits, 1, 2, 1, bits)).isIn(1, 2);
      assertThat(CategoricalDraw.choose(logits, 1, 0, 0.3, bits)).isEqualTo(1);
      assertThat(CategoricalDraw.choose(new float[] {NONE, NONE}, 1, 0, 0.5, bits)).isZero();
      assertThat(CategoricalDraw.choose(new float[] {1, Float.POSITIVE_INFINITY}, 1, 0, 1, bits))
          .isEqualTo(1);
    }
  }
}
