package dev.jebena.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Configs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What models cost, and the configurations that are known by name. */
class AccountingTest {
  /** The numbers that Stanford's CS336 asks for in its first assignment. */
  @Test
  void theLargestModelOfTheCourse() {
    var config = Presets.get("cs336-xl", 0, 0).model();
    var cost = Accounting.of(config, 1024);
    assertThat(cost.parameters()).isEqualTo(1_640_452_800L);
    assertThat(cost.forwardFlopsPerToken() * 1024).isCloseTo(3.5168e12, within(1e8));
    assertThat(cost.trainingFlopsPerToken()).isEqualTo(3 * cost.forwardFlopsPerToken());
  }

  /** Radford et al. (2019) count 1542M; the weights that they published are these. */
  @ParameterizedTest
  @CsvSource({
    "gpt2-124M, 124439808",
    "gpt2-355M, 354823168",
    "gpt2-774M, 774030080",
    "gpt2-1.5B, 1557611200"
  })
  void gpt2IsAsLargeAsItsFiles(String preset, long parameters) {
    var config = Presets.get(preset, 0, 0).model();
    assertThat(Accounting.of(config, 1024).parameters()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({"false, 4", "true, 4", "false, 2", "true, 1"})
  void countsWhatTheModelHas(boolean tied, int keyValueHeads) {
    var config = Configs.llama(77, 16, 24, 3, 4, keyValueHeads, 10, 52, 1e4, false, 1e-5, tied);
    assertThat(Accounting.of(config, 16).parameters())
        .isEqualTo(Initialisation.model(config, 1).parameterCount());
  }

  /** Windows bound what is seen, and every switch that brings parameters is counted. */
  @Test
  void countsWhateverTheConfigurationHas() {
    var base = TransformerConfig.of(50, 32, 24, 3, 4, 40);
    var variants =
        List.of(
            base.with(c -> c.norm(NormConfig.Kind.LAYER).normBias(true).biases(true)),
            base.with(c -> c.normPlace(NormConfig.Place.SANDWICH).gated(false)),
            base.with(c -> c.normPlace(NormConfig.Place.PARALLEL).keyValueHeads(1)),
            base.with(c -> c.norm(NormConfig.Kind.NONE).sinks(true)),
            base.with(c -> c.queryKeyNorm(AttentionConfig.QueryKeyNorm.HEAD)),
            base.with(c -> c.queryKeyNorm(AttentionConfig.QueryKeyNorm.PROJECTION)),
            TransformerConfig.gpt2(50, 32, 24, 3, 4));
    for (var config : variants) {
      assertThat(Accounting.of(config, 32).parameters())
          .as(config.toString())
          .isEqualTo(Initialisation.model(config, 1).parameterCount());
    }
    var windowed = base.with(c -> c.windows(List.of(8, 0)));
    double all = Accounting.of(base, 32).forwardFlopsPerToken();
    // two of three layers see 8 of 32 keys
    assertThat(Accounting.of(windowed, 32).forwardFlopsPerToken())
        .isEqualTo(all - 2 * 4.0 * 24 * (32 - 8));
  }

  /**
   * What lives when the backward pass begins, by the allocator's own count, beside what {@code
   * model describe} says: to three in a hundred, since memory is given in steps. The gradient of
   * the output matrix is there by then and counts as a gradient.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "22.7M",
        "char",
        "small-llama",
        "small-gpt2",
        "small-gemma2",
        "small-gpt-oss",
        "small-olmo2",
        "small-qwen3",
        "small-neox",
        "small-palm",
        "small-no-norm",
        "small-deepseek",
        "small-vaswani"
      })
  void activationsAreWhatAStepHolds(String preset) {
    var config = Presets.get(preset, 0, 0).model();
    int batch = 8;
    int context = Math.min(128, config.contextLength());
    try (var device = CpuDevice.withThreads(2)) {
      var held = new long[1];
      Context.current()
          .withDevice(device)
          .run(() -> {
            var model = Initialisation.model(config, 1);
            for (int step = 0; step < 2; step++) { // the first one makes work space that stays
              try (var _ = Scope.open()) {
                var ids = Tensor.randint(0, config.vocabularySize(), batch, context);
                long before = device.allocator().statistics().liveBytes();
                model.loss(ids, ids);
                held[0] = device.allocator().statistics().liveBytes() - before;
              }
            }
          });
      long gradient = 4L * config.vocabularySize() * config.dModel();
      long expected = Accounting.of(config, context).activationBytes(batch);
      assertThat((double) (held[0] - gradient) / expected).isBetween(0.97, 1.03);
    }
  }

  @Test
  void flopsByHand() {
    // one layer, d 4, one head of 4, feed-forward 8, vocabulary 10, context 3
    var config = TransformerConfig.of(10, 3, 4, 1, 1, 8);
    double projections = 4 * 2 * 4 * 4;
    double scores = 2 * (2 * 4 * 3);
    double feedForward = 3 * 2 * 4 * 8;
    double head = 2 * 4 * 10;
    assertThat(Accounting.of(config, 3).forwardFlopsPerToken())
        .isEqualTo(projections + scores + feedForward + head);
  }

  @Test
  void presetsAreWhatTheirNamesSay() {
    var small = Presets.get("22.7M", 0, 0).model();
    assertThat(Accounting.of(small, 256).parameters()).isBetween(22_650_000L, 22_750_000L);
    assertThat(Presets.named()).containsKeys("22.7M", "char", "cs336-xl");
    var six = Presets.get("depth-6", 1000, 128);
    assertThat(six).isEqualTo(Presets.ofDepth(6, 1000, 128));
    assertThat(six.model().layers()).isEqualTo(6);
    assertThat(six.model().dModel()).isEqualTo(384);
    assertThat(six.model().heads()).isEqualTo(6);
    assertThat(six.model().dFf()).isEqualTo(1024);
    assertThat(six.model().vocabularySize()).isEqualTo(1000);
    assertThat(six.model().contextLength()).isEqualTo(128);
    assertThat(Presets.ofDepth(12, 10, 10).learningRate())
        .isLessThan(Presets.ofDepth(4, 10, 10).learningRate());
  }

  @Test
  void anUnknownPresetIsAnsweredWithThoseThatExist() {
    assertThatThrownBy(() -> Presets.get("huge", 10, 10))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "no preset is called 'huge'; there are: depth-1 to depth-64, 22.7M, char, cs336-xl,"
                + " gpt2-1.5B, gpt2-124M, gpt2-355M, gpt2-774M, small-");
    assertThatThrownBy(() -> Presets.get("depth-0", 10, 10))
        .hasMessage("depth 0 is not between 1 and 64");
    assertThatThrownBy(() -> Presets.get("depth-65", 10, 10))
        .hasMessage("depth 65 is not between 1 and 64");
  }

  @Test
  void configurationsThatCannotBeAreRefusedByField() {
    assertThatThrownBy(() -> TransformerConfig.of(10, 8, 10, 1, 3, 8))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("dModel 10 is not a multiple of heads 3");
    assertThatThrownBy(() -> TransformerConfig.of(10, 0, 8, 1, 2, 8))
        .hasMessage("contextLength is 0; it must be above 0");
    assertThatThrownBy(() -> TransformerConfig.of(10, 8, 9, 1, 3, 8))
        .hasMessage("headDim 3 is odd; rotary features turn in pairs");
    var config = TransformerConfig.of(10, 8, 16, 1, 2, 8);
    assertThatThrownBy(() -> config.with(c -> c.rotaryFraction(0.1)))
        .hasMessage("rotaryFraction 0.1 turns 0 features; they turn in pairs");
    assertThatThrownBy(() -> config.with(c -> c.windows(null))).hasMessage("windows is missing");
    assertThatThrownBy(() -> config.with(c -> c.activation(null)))
        .hasMessage("activation is missing");
    var none = List.of(1.0, 2.0);
    assertThatThrownBy(() -> config.with(c -> c.ropeScaling(longRope(none, null))))
        .hasMessage("ropeScaling longFactors is missing");
    assertThatThrownBy(() -> config.with(c -> c.ropeScaling(longRope(none, none))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("ropeScaling has 2 short factors for 4 pairs of features that turn");
  }

  private static RopeScaling longRope(List<Double> near, List<Double> far) {
    return new RopeScaling(RopeScaling.Kind.LONG_ROPE, 2, 4, 0, 0, 0, false, near, far);
  }
}
