package dev.jebena.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.data.BatchLoader;
import dev.jebena.data.Corpus;
import dev.jebena.data.Document;
import dev.jebena.data.Encoding;
import dev.jebena.data.TokenData;
import dev.jebena.model.Initialisation;
import dev.jebena.model.TransformerConfig;
import dev.jebena.optim.LearningRate;
import dev.jebena.tensor.Tensor;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What watches over a run: spikes, NaNs, norms by layer; and every way of moving weights. */
class StabilityTest {
  private static final TransformerConfig CONFIG = TransformerConfig.of(32, 16, 32, 2, 2, 48);

  @TempDir Path folder;

  private static TokenData tokens() {
    var random = new SplittableRandom(5);
    int[] ids = new int[4000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 1 + (i % 7) + 8 * random.nextInt(2);
    }
    return TokenData.encode(
        Corpus.ofDocuments(Document.of("a", "-")), new Encoding(text -> ids, 32, 0, "test"), 1);
  }

  private static Trainer trainer(TransformerConfig config, Optimisation optimisation, double rate) {
    var model = Initialisation.model(config, 1);
    return new Trainer(
        model,
        optimisation.optimizer(model, 0.01),
        new BatchLoader(tokens(), 4, config.contextLength(), 1),
        LearningRate.constant(rate),
        new Trainer.Recipe(2, 1, optimisation));
  }

  private static Optimisation by(Optimisation.Rule rule) {
    return new Optimisation(rule, Optimisation.Schedule.COSINE, 0, 0.9, 0.95, 0, 1, 0, 0, 0);
  }

  private static final Optimisation EVERYTHING =
      new Optimisation(
          Optimisation.Rule.MUON, Optimisation.Schedule.WSD, 0, 0.9, 0.95, 0.9, 1, 4, 6, 3);

  @ParameterizedTest
  @EnumSource(Optimisation.Rule.class)
  void everyRuleLearns(Optimisation.Rule rule) {
    double rate =
        switch (rule) {
          case SGD -> 0.3;
          case LION -> 1e-3;
          case ADAFACTOR -> 0.1;
          default -> 5e-3;
        };
    for (var config :
        new TransformerConfig[] {
          CONFIG, CONFIG.with(c -> c.start(dev.jebena.model.TrainingConfig.Start.MU_P))
        }) {
      var trainer = trainer(config, by(rule), rate);
      double first = trainer.step().loss();
      double last = 0;
      for (int i = 0; i < 60; i++) {
        last = trainer.step().loss();
      }
      assertThat(last).as(config.training().start().toString()).isLessThan(first - 0.7);
    }
  }

  @Test
  void spikesAreSkippedAndTheStepsBeforeThemRemembered() {
    var spikes = new LossSpikes(6);
    var random = new SplittableRandom(1);
    for (int i = 0; i < 50; i++) {
      assertThat(spikes.isSpike(3 + 0.1 * random.nextDouble())).isFalse();
    }
    assertThat(spikes.isSpike(5)).isTrue();
    assertThat(spikes.isSpike(3.05)).isFalse();
    // a new level is believed in the end
    int skipped = 0;
    while (spikes.isSpike(5)) {
      skipped++;
    }
    assertThat(skipped).isEqualTo(5);
    var never = new LossSpikes(0);
    for (int i = 0; i < 50; i++) {
      assertThat(never.isSpike(i == 40 ? 1e9 : 1)).isFalse();
    }
  }

  @Test
  void aNanIsTracedToItsTensor() {
    var trainer = trainer(CONFIG, Optimisation.DEFAULT, 1e-3);
    var weight = trainer.model().namedParameters().get("model.layers.1.mlp.up_proj.weight");
    Tensor.noGrad(() -> weight.mulInPlace(Double.NaN));
    assertThatThrownBy(trainer::step)
        .isInstanceOf(TrainException.class)
        .hasMessageContaining("step 0: the loss is NaN")
        .hasMessageContaining("parameter model.layers.1.mlp.up_proj.weight has a NaN");
    var second = trainer(CONFIG, Optimisation.DEFAULT, 1e-3);
    var norm =
        second.model().namedParameters().get("model.layers.0.post_attention_layernorm.weight");
    Tensor.noGrad(() -> norm.mulInPlace(1e30)); // silu(gate)·up overflows
    assertThatThrownBy(second::step)
        .hasMessageContaining("the output of model.layers.0 is the first with a NaN");
  }

  @Test
  void layersAreWatchedAndWritten() {
    var trainer = trainer(CONFIG, EVERYTHING, 1e-3);
    try (var metrics = Metrics.open(folder.resolve("metrics.jsonl"), 0)) {
      var step = trainer.step();
      assertThat(step.layers().keySet())
          .containsExactly(
              "model.embed_tokens", "model.layers.0", "model.layers.1", "model.norm", "lm_head");
      step.layers()
          .forEach((name, norms) -> {
            assertThat(norms.activation()).as(name).isPositive();
            assertThat(norms.gradient()).as(name).isPositive();
            assertThat(norms.update()).as(name).isPositive();
          });
      double squares =
          step.layers().values().stream().mapToDouble(n -> n.gradient() * n.gradient()).sum();
      assertThat(Math.sqrt(squares))
          .isCloseTo(step.gradientNorm(), org.assertj.core.api.Assertions.within(1e-4));
      assertThat(trainer.step().layers()).isEmpty();
      metrics.append(Progress.at(1, 10, 3), step.layers());
      metrics.append(Progress.at(2, 10, 3));
    }
    assertThat(Metrics.read(folder.resolve("metrics.jsonl"))).hasSize(2);
    try (var _ = Metrics.open(folder.resolve("metrics.jsonl"), 1)) {
      assertThat(folder.resolve("metrics.jsonl"))
          .content()
          .contains("\"model.layers.1\":{\"activation_rms\":");
    }
  }

  /** Averages, spikes, a growing batch and another rule are all part of where a run stands. */
  @Test
  void everythingGoesOnExactly() {
    var whole = trainer(CONFIG, EVERYTHING, 1e-3);
    for (int i = 0; i < 7; i++) {
      whole.step();
    }
    var first = trainer(CONFIG, EVERYTHING, 1e-3);
    for (int i = 0; i < 3; i++) {
      first.step();
    }
    Checkpoint.save(folder.resolve("c"), first);
    var second = trainer(CONFIG, EVERYTHING, 1e-3);
    Checkpoint.load(folder.resolve("c"), second);
    for (int i = 3; i < 7; i++) {
      second.step();
    }
    second
        .model()
        .stateDict()
        .forEach((name, p) ->
            assertThat(p.toFloats())
                .as(name)
                .isEqualTo(whole.model().stateDict().get(name).toFloats()));
    second
        .average()
        .stateDict()
        .forEach((name, p) ->
            assertThat(p.toFloats())
                .as(name)
                .isEqualTo(whole.average().stateDict().get(name).toFloats()));
    assertThat(second.spikes().state()).isEqualTo(whole.spikes().state());
  }

  @Test
  void batchesGrow() {
    assertThat(EVERYTHING.microBatches(0, 9)).isEqualTo(1);
    assertThat(EVERYTHING.microBatches(2, 9)).isEqualTo(5);
    assertThat(EVERYTHING.microBatches(4, 9)).isEqualTo(9);
    assertThat(EVERYTHING.microBatchesBefore(6, 9)).isEqualTo(1 + 3 + 5 + 7 + 9 + 9);
    assertThat(Optimisation.DEFAULT.microBatchesBefore(6, 2)).isEqualTo(12);
  }

  /** Dropped elements are a function of the step. */
  @Test
  void dropoutGoesOnExactlyToo() {
    var config = CONFIG.with(c -> c.dropout(0.2));
    var a = trainer(config, Optimisation.DEFAULT, 1e-3);
    var b = trainer(config, Optimisation.DEFAULT, 1e-3);
    var plain = trainer(CONFIG, Optimisation.DEFAULT, 1e-3);
    for (int i = 0; i < 3; i++) {
      double loss = a.step().loss();
      assertThat(b.step().loss()).isEqualTo(loss);
      assertThat(plain.step().loss()).isNotEqualTo(loss);
    }
  }
}
