package dev.jebena.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.data.BatchLoader;
import dev.jebena.data.Corpus;
import dev.jebena.data.Document;
import dev.jebena.data.Encoding;
import dev.jebena.data.TokenData;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.model.Initialisation;
import dev.jebena.model.TransformerConfig;
import dev.jebena.optim.AdamW;
import dev.jebena.optim.LearningRate;
import dev.jebena.tensor.Context;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Going on exactly, learning at all, and the same bits for any number of threads. */
class CheckpointTest {
  private static final TransformerConfig CONFIG = TransformerConfig.of(64, 24, 32, 2, 2, 48);
  private static final long STEPS = 10;

  @TempDir Path folder;

  private static TokenData tokens() {
    byte[] text = new byte[3000];
    var random = new SplittableRandom(5);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) (1 + (i % 7) + 8 * random.nextInt(3));
    }
    return TokenData.encode(
        Corpus.ofDocuments(new Document("a", text)),
        new Encoding(
            bytes -> {
              int[] ids = new int[bytes.length];
              for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i];
              }
              return ids;
            },
            64,
            0,
            "test"),
        1);
  }

  private static Trainer trainer(long seed, int accumulation, TokenData data) {
    var model = Initialisation.model(CONFIG, seed);
    return new Trainer(
        model,
        new AdamW(AdamW.groupsByRank(model.namedParameters(), 0.1), AdamW.Settings.LANGUAGE_MODEL),
        new BatchLoader(data, 3, CONFIG.contextLength(), seed),
        LearningRate.warmupCosine(1e-2, 2, STEPS, 0.1),
        new Trainer.Recipe(accumulation, 1));
  }

  private static List<float[]> weights(Trainer trainer) {
    return trainer.model().stateDict().values().stream().map(t -> t.toFloats()).toList();
  }

  private static void assertSameBits(List<float[]> a, List<float[]> b) {
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.size(); i++) {
      assertThat(a.get(i)).containsExactly(b.get(i));
    }
  }

  @Test
  void stepsThenSaveThenStepsIsStepsBitForBit() {
    var data = tokens();
    var whole = trainer(1, 2, data);
    for (int i = 0; i < STEPS; i++) {
      whole.step();
    }
    var first = trainer(1, 2, data);
    for (int i = 0; i < 4; i++) {
      first.step();
    }
    Checkpoint.save(folder.resolve("c"), first);
    var second = trainer(1, 2, data); // a new process would begin like this
    Checkpoint.load(folder.resolve("c"), second);
    for (int i = 4; i < STEPS; i++) {
      assertThat(second.step().number()).isEqualTo(i);
    }
    assertSameBits(weights(second), weights(whole));
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    var results = new ArrayList<List<float[]>>();
    for (int threads : new int[] {1, 2, 3}) {
      try (var device = CpuDevice.withThreads(threads)) {
        Supplier<List<float[]>> run =
            () -> {
              var trainer = trainer(1, 1, tokens());
              for (int i = 0; i < 5; i++) {
                trainer.step();
              }
              return weights(trainer);
            };
        results.add(Context.current().withDevice(device).call(run));
      }
    }
    assertSameBits(results.get(0), results.get(1));
    assertSameBits(results.get(0), results.get(2));
  }

  @Test
  void gradientAccumulationIsTheMeanOverMicroBatches() {
    var data = tokens();
    var model = Initialisation.model(CONFIG, 1);
    var twice = trainer(1, 2, data);
    var expected = new BatchLoader(data, 3, CONFIG.contextLength(), 1);
    double sum = 0;
    for (int i = 0; i < 2; i++) {
      var batch = expected.next();
      var ids = dev.jebena.tensor.Tensor.of(batch.inputs(), 3, CONFIG.contextLength());
      var targets = dev.jebena.tensor.Tensor.of(batch.targets(), 3, CONFIG.contextLength());
      var loss = model.loss(ids, targets);
      loss.backward();
      sum += loss.item() / 2;
    }
    double norm =
        dev.jebena.optim.GradientNorm.of(model.namedParameters().values()) / 2; // of the mean
    var step = twice.step();
    assertThat(step.loss()).isCloseTo(sum, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(step.gradientNorm()).isCloseTo(norm, org.assertj.core.data.Offset.offset(1e-5));
  }

  @Test
  void oneBatchIsLearnedByHeart() {
    var model = Initialisation.model(CONFIG, 3);
    var optimizer =
        new AdamW(AdamW.groupsByRank(model.namedParameters(), 0), AdamW.Settings.LANGUAGE_MODEL);
    var random = new SplittableRandom(9);
    int[] ids = random.ints(2 * 24, 0, 64).toArray();
    int[] targets = random.ints(2 * 24, 0, 64).toArray();
    double loss = 0;
    for (int i = 0; i < 200; i++) {
      try (var _ = dev.jebena.memory.Scope.open()) {
        var value =
            model.loss(
                dev.jebena.tensor.Tensor.of(ids, 2, 24),
                dev.jebena.tensor.Tensor.of(targets, 2, 24));
        value.backward();
        optimizer.step(5e-3);
        optimizer.zeroGrad();
        loss = value.item();
      }
    }
    assertThat(loss).isLessThan(0.02);
  }

  @Test
  void memoryIsFlatAndNothingComesFromTheSystemInSteadyState() {
    try (var device = CpuDevice.withThreads(2)) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var trainer = trainer(1, 2, tokens());
            for (int i = 0; i < 3; i++) {
              trainer.step();
            }
            var before = device.allocator().statistics();
            for (int i = 0; i < 50; i++) {
              trainer.step();
            }
            var after = device.allocator().statistics();
            assertThat(after.systemCalls()).isEqualTo(before.systemCalls());
            assertThat(after.liveBytes()).isEqualTo(before.liveBytes());
          });
    }
  }

  @Test
  void aTruncatedCheckpointIsOneClearLine() throws IOException {
    var data = tokens();
    var trainer = trainer(1, 1, data);
    trainer.step();
    for (var name : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
      var place = folder.resolve("t-" + name);
      Checkpoint.save(place, trainer);
      var file = place.resolve(name);
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(Files.size(file) / 2);
      }
      assertThatThrownBy(() -> Checkpoint.load(place, trainer(1, 1, data)))
          .isInstanceOf(TrainException.class)
          .hasMessageContaining(name)
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void anotherModelsCheckpointIsRefused() {
    var data = tokens();
    Checkpoint.save(folder.resolve("c"), trainer(1, 1, data));
    var wider = Initialisation.model(TransformerConfig.of(64, 24, 64, 2, 2, 48), 1);
    var other =
        new Trainer(
            wider,
            new AdamW(
                AdamW.groupsByRank(wider.namedParameters(), 0), AdamW.Settings.LANGUAGE_MODEL),
            new BatchLoader(data, 3, 24, 1),
            LearningRate.constant(1),
            new Trainer.Recipe(1, 1));
    assertThatThrownBy(() -> Checkpoint.load(folder.resolve("c"), other))
        .isInstanceOf(TrainException.class)
        .hasMessageContaining("is of another model")
        .hasMessageContaining("model.embed_tokens.weight");
  }
}
