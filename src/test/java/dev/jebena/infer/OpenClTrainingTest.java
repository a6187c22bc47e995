package dev.jebena.infer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.data.BatchLoader;
import dev.jebena.data.Corpus;
import dev.jebena.data.Document;
import dev.jebena.data.Encoding;
import dev.jebena.data.TokenData;
import dev.jebena.kernel.Device;
import dev.jebena.kernel.opencl.OpenClDevice;
import dev.jebena.memory.Scope;
import dev.jebena.model.Initialisation;
import dev.jebena.model.Transformer;
import dev.jebena.model.TransformerConfig;
import dev.jebena.optim.AdamW;
import dev.jebena.optim.GradientNorm;
import dev.jebena.optim.LearningRate;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Configs;
import dev.jebena.testing.TestDevices;
import dev.jebena.train.Trainer;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Training and generation on the OpenCL device beside those on the processor's own. */
class OpenClTrainingTest {
  private static final int STEPS = 50;
  private static final TransformerConfig CONFIG =
      Configs.llama(64, 32, 32, 2, 4, 2, 8, 88, 10_000, false, 1e-5, true);

  /** A model learns to count in its own way; inputs and weights are the same on every device. */
  private static final class Lesson {
    private final Context context;
    private final Transformer model;
    private final AdamW optimizer;
    private final Tensor inputs;
    private final Tensor targets;

    Lesson(Device device) {
      context = Context.current().withDevice(device).withGenerator(new Generator(3));
      model = context.call(() -> Initialisation.model(CONFIG, 5));
      optimizer =
          context.call(() ->
              new AdamW(
                  AdamW.groupsByRank(model.namedParameters(), 0.1), AdamW.Settings.LANGUAGE_MODEL));
      int[] ids = new int[4 * 32];
      int[] next = new int[ids.length];
      for (int i = 0; i < ids.length; i++) {
        int start = i / 32 * 7;
        ids[i] = (start + i % 32 * 5) % 64;
        next[i] = (start + (i % 32 + 1) * 5) % 64;
      }
      inputs = context.call(() -> Tensor.of(ids, 4, 32));
      targets = context.call(() -> Tensor.of(next, 4, 32));
    }

    double step() {
      return context.call(() -> {
        try (var _ = Scope.open()) {
          var loss = model.loss(inputs, targets);
          loss.backward();
          var squares = GradientNorm.squares(model.namedParameters().values());
          optimizer.step(3e-3, GradientNorm.clipFactor(squares, 1));
          optimizer.zeroGrad();
          return loss.item();
        }
      });
    }

    int[] says(Sampler sampler) {
      var first = new BitSet();
      first.set(10, 40);
      var request =
          new TextGenerator.Request(new int[] {5, 10, 15}, 20, sampler, Set.of(), 4, first);
      return context.call(() -> new TextGenerator(model).generate(request, id -> true).ids());
    }
  }

  /** The trainer also wants to see the norm: it travels with the losses of all micro-batches. */
  @Test
  void aStepOfTheTrainerReadsBackOnce() {
    var device = (OpenClDevice) TestDevices.opencl();
    var context = Context.current().withDevice(device);
    byte[] text = new byte[600];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) (i * 5 % 64);
    }
    var data =
        TokenData.encode(
            Corpus.ofDocuments(new Document("counting", text)),
            new Encoding(OpenClTrainingTest::ids, 64, 0, "test"),
            1);
    context.run(() -> {
      var model = Initialisation.model(CONFIG, 5);
      var trainer =
          new Trainer(
              model,
              new AdamW(
                  AdamW.groupsByRank(model.namedParameters(), 0.1), AdamW.Settings.LANGUAGE_MODEL),
              new BatchLoader(data, 2, 16, 7),
              LearningRate.warmupCosine(3e-3, 2, 20, 0.1),
              new Trainer.Recipe(3, 1));
      trainer.step();
      device.synchronize();
      var before = device.statistics();
      for (int step = 0; step < 4; step++) {
        var done = trainer.step();
        assertThat(done.loss()).isPositive();
        assertThat(done.gradientNorm()).isPositive();
      }
      var after = device.statistics();
      assertThat(after.downloads() - before.downloads()).as("copies to the host").isEqualTo(4);
      assertThat(after.readBytes() - before.readBytes()).isEqualTo(4 * (3 * 8 + 8 + 16));
    });
  }

  private static int[] ids(byte[] bytes) {
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i];
    }
    return ids;
  }

  @Test
  void lossesAndTokensAreThoseOfTheProcessor() {
    var ours = new Lesson(TestDevices.opencl());
    var theirs = new Lesson(Devices.get("cpu"));
    double last = 0;
    for (int step = 0; step < STEPS; step++) {
      double expected = theirs.step();
      last = ours.step();
      assertThat(Math.abs(last - expected))
          .as("step %d: %s, %s", step, last, expected)
          .isLessThan(1e-4);
    }
    assertThat(last).as("it learned").isLessThan(2);
    for (var sampler :
        List.of(
            Sampler.GREEDY,
            new Sampler(1, 0, 1),
            new Sampler(1.5, 20, 1),
            new Sampler(2, 0, 0.9))) {
      assertThat(ours.says(sampler)).as("%s", sampler).isEqualTo(theirs.says(sampler));
    }
  }

  /** Logits stay where they are. */
  @Test
  void onlyTokensComeBack() {
    var device = (OpenClDevice) TestDevices.opencl();
    var lesson = new Lesson(device);
    lesson.says(Sampler.GREEDY);
    var before = device.statistics();
    assertThat(lesson.says(new Sampler(1, 10, 0.9))).hasSize(20);
    var after = device.statistics();
    assertThat(after.downloads() - before.downloads()).as("copies to the host").isEqualTo(20);
    assertThat(after.readBytes() - before.readBytes()).isEqualTo(20 * (8 + 16));
  }

  /** The norm to clip by stays on the device; beside the loss lies whether an index was wrong. */
  @Test
  void aStepReadsBackItsLossAndKeepsNoMemory() {
    var device = (OpenClDevice) TestDevices.opencl();
    var lesson = new Lesson(device);
    for (int step = 0; step < 3; step++) {
      lesson.step(); // moments are made, and memory is taken
    }
    device.synchronize();
    var before = device.statistics();
    for (int step = 0; step < 5; step++) {
      lesson.step();
    }
    var after = device.statistics();
    assertThat(after.downloads() - before.downloads()).as("copies to the host").isEqualTo(5);
    // the loss as f64, and what says whether an index was wrong
    assertThat(after.readBytes() - before.readBytes()).isEqualTo(5 * (8 + 16));
    // less where the collector found what another test left behind
    assertThat(after.liveBytes()).as("live bytes").isLessThanOrEqualTo(before.liveBytes());
    assertThat(after.systemCalls()).as("asked the driver").isEqualTo(before.systemCalls());
  }
}
