package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.io.NpzFile;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tensor;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Rules of scaling against what Hugging Face's transformers makes of the same configuration. */
class RotaryFrequenciesTest {
  private static final RotaryFrequencies PLAIN = RotaryFrequencies.plain(64, 10_000);

  @TestFactory
  Stream<DynamicTest> rulesAreThoseOfTransformers() throws Exception {
    var file = RotaryFrequenciesTest.class.getResource("rope-frequencies.npz");
    var expected = NpzFile.read(Path.of(file.toURI()));
    return expected.keySet().stream()
        .map(name ->
            DynamicTest.dynamicTest(name, () -> compare(of(name), expected.get(name).toDoubles())));
  }

  private static RotaryFrequencies of(String name) {
    return switch (name) {
      case "linear" -> PLAIN.linear(4);
      case "dynamic within" -> PLAIN.dynamicNtk(4, 2048, 100);
      case "dynamic beyond" -> PLAIN.dynamicNtk(4, 2048, 9000);
      case "llama3" -> RotaryFrequencies.plain(64, 500_000).llama3(8, 1, 4, 8192);
      case "yarn" -> PLAIN.yarn(16, 4096);
      case "yarn narrow" ->
          PLAIN.yarn(
              40,
              24,
              2,
              4096,
              RotaryFrequencies.yarnAttention(40, 0.707) / RotaryFrequencies.yarnAttention(40, 1.2),
              false);
      case "yarn exact" ->
          PLAIN.yarn(8, 20, 1.5, 1024, RotaryFrequencies.yarnAttention(8, 1), true);
      case "longrope" ->
          PLAIN.divided(
              IntStream.range(0, 32).mapToDouble(i -> 1 + 2.5 * i).toArray(),
              Math.sqrt(1 + Math.log(32) / Math.log(4096)));
      default -> throw new AssertionError("no rule for " + name);
    };
  }

  /** Transformers computes in f32. */
  private static void compare(RotaryFrequencies actual, double[] expected) {
    assertThat(actual.attentionFactor()).isCloseTo(expected[0], within(1e-6));
    double[] frequencies = actual.toArray();
    assertThat(frequencies).hasSize(expected.length - 1);
    for (int i = 0; i < frequencies.length; i++) {
      assertThat(frequencies[i] / expected[i + 1]).as("pair %d", i).isCloseTo(1, within(2e-6));
    }
  }

  /** By hand: pair 1 of 2 has frequency θ^(−1/2); a divisor of 2 halves all angles. */
  @Test
  void tablesTurnByPositionAndScale() {
    var frequencies = RotaryFrequencies.plain(4, 100).divided(new double[] {2, 2}, 1.5);
    var rope = RotaryEmbedding.of(frequencies, 8, false);
    // features 4 and 5 do not turn
    var x = Tensor.of(new float[] {1, 1, 0, 0, 7, 8}, 1, 6);
    double fast = 3 * 0.5;
    double slow = 3 * 0.05;
    assertThat(rope.forward(x, 3).toDoubles())
        .containsExactly(
            new double[] {
              1.5 * Math.cos(fast),
              1.5 * Math.cos(slow),
              1.5 * Math.sin(fast),
              1.5 * Math.sin(slow),
              7,
              8
            },
            within(1e-6));
  }

  /** Positions are computed in blocks of 256, the last of which is not full here. */
  @Test
  void latePositionsAreAsExactAsEarlyOnes() {
    var frequencies = RotaryFrequencies.plain(8, 500_000);
    int context = 100_100;
    var rope = RotaryEmbedding.of(frequencies, context, false);
    double[] each = frequencies.toArray();
    for (int position : new int[] {0, 1, 255, 256, 511, 512, 99_839, 99_840, context - 1}) {
      double[] turned = rope.forward(Tensor.ones(1, 8), position).toDoubles();
      for (int i = 0; i < each.length; i++) {
        double cos = StrictMath.cos(position * each[i]);
        double sin = StrictMath.sin(position * each[i]);
        assertThat(turned[i]).as("%d, %d", position, i).isCloseTo(cos - sin, within(2e-7));
        assertThat(turned[i + 4]).as("%d, %d", position, i).isCloseTo(cos + sin, within(2e-7));
      }
    }
  }

  @Test
  void wrongSizesAreRefused() {
    assertThatThrownBy(() -> RotaryFrequencies.plain(7, 10_000))
        .isInstanceOf(ShapeException.class)
        .hasMessage("rope: head dimension 7 is not even; features turn in pairs");
    assertThatThrownBy(() -> PLAIN.divided(new double[3], 1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("rope: 3 divisors for 32 pairs");
  }
}
