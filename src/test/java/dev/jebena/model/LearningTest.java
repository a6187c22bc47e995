package dev.jebena.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.memory.HostAllocator;
import dev.jebena.memory.Scope;
import dev.jebena.optim.AdamW;
import dev.jebena.optim.GradientNorm;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.ChildJvm;
import dev.jebena.testing.Configs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whole training steps: they learn, repeat bit for bit, and keep no memory. */
class LearningTest {
  /** A model, its optimiser and one batch, all on one device. */
  private static final class Lesson {
    private final Context context;
    private final Transformer model;
    private final AdamW optimizer;
    private final Tensor ids;
    private final Tensor targets;

    Lesson(Device device, TransformerConfig config, long batch) {
      context = Context.current().withDevice(device).withGenerator(new Generator(11));
      model = context.call(() -> Initialisation.model(config, 5));
      optimizer =
          context.call(() ->
              new AdamW(
                  AdamW.groupsByRank(model.namedParameters(), 0.01),
                  AdamW.Settings.LANGUAGE_MODEL));
      long time = config.contextLength();
      // what is made on the way goes at once: a collector that came for it later would disturb the
      // counting
      try (var scope = Scope.open()) {
        // rows begin differently, so that every next token can be known
        var tokens =
            context.call(() ->
                Tensor.cat(
                    1,
                    Tensor.arange(batch).unsqueeze(1),
                    Tensor.randint(0, config.vocabularySize(), batch, time)));
        ids = context.call(() -> tokens.slice(1, 0, time).contiguous());
        targets = context.call(() -> tokens.slice(1, 1, time + 1).contiguous());
        ids.keep(scope);
        targets.keep(scope);
      }
    }

    double step(double rate) {
      return context.call(() -> {
        var loss = model.loss(ids, targets);
        loss.backward();
        double norm = GradientNorm.of(model.namedParameters().values());
        optimizer.step(rate, GradientNorm.clipFactor(norm, 1));
        optimizer.zeroGrad();
        return loss.item();
      });
    }

    double scopedStep(double rate) {
      try (var _ = Scope.open()) {
        return step(rate);
      }
    }

    Map<String, float[]> parameters() {
      var values = new LinkedHashMap<String, float[]>();
      context.run(() -> model.stateDict().forEach((name, p) -> values.put(name, p.toFloats())));
      return values;
    }
  }

  private static final TransformerConfig TINY =
      Configs.llama(40, 12, 32, 2, 4, 2, 8, 64, 10_000, false, 1e-5, false);

  /** Wide enough that kernels are cut into several pieces. */
  private static final TransformerConfig WIDE =
      Configs.llama(700, 64, 96, 2, 4, 2, 24, 256, 10_000, false, 1e-5, true);

  @Test
  void oneBatchIsLearntByHeart() {
    var lesson = new Lesson(Devices.get("cpu"), TINY, 4);
    double first = lesson.scopedStep(5e-3);
    assertThat(first).isBetween(Math.log(40) - 0.7, Math.log(40) + 0.7);
    double last = first;
    for (int i = 0; i < 150; i++) {
      last = lesson.scopedStep(5e-3);
    }
    assertThat(last).isLessThan(0.01);
  }

  @Test
  void anyNumberOfThreadsLearnsTheSameBits() {
    var results = new ArrayList<Map<String, float[]>>();
    for (int threads = 1; threads <= 3; threads++) {
      try (var device = CpuDevice.withThreads(threads)) {
        var lesson = new Lesson(device, WIDE, 3);
        for (int i = 0; i < 3; i++) {
          lesson.scopedStep(1e-3);
        }
        results.add(lesson.parameters());
      }
    }
    results
        .getFirst()
        .forEach((name, values) -> {
          assertThat(results.get(1).get(name)).as(name + ", 2 threads").isEqualTo(values);
          assertThat(results.get(2).get(name)).as(name + ", 3 threads").isEqualTo(values);
        });
  }

  @Test
  void theProcessorLearnsWhatTheReferenceLearns() {
    var fast = new Lesson(Devices.get("cpu"), TINY, 2);
    var plain = new Lesson(Devices.get("reference"), TINY, 2);
    for (int i = 0; i < 5; i++) {
      double expected = plain.scopedStep(1e-3);
      assertThat(fast.scopedStep(1e-3))
          .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-4));
    }
  }

  @Test
  void stepsInAScopeTakeNothingFromTheSystem() {
    try (var device = CpuDevice.withThreads(2)) {
      var lesson = new Lesson(device, WIDE, 2);
      lesson.scopedStep(1e-3);
      lesson.scopedStep(1e-3);
      var before = device.allocator().statistics();
      for (int i = 0; i < 5; i++) {
        lesson.scopedStep(1e-3);
        System.gc(); // whatever was left to it shows now
        assertThat(device.allocator().statistics().liveBytes()).isEqualTo(before.liveBytes());
      }
      var after = device.allocator().statistics();
      assertThat(after.systemCalls()).isEqualTo(before.systemCalls());
      assertThat(after.systemBytes()).isEqualTo(before.systemBytes());
      assertThat(after.peakLiveBytes()).isEqualTo(before.peakLiveBytes());
    }
  }

  /** Someone who never hears of scopes neither leaks nor crashes. */
  @Test
  void stepsWithoutAScopeStayNearTheBudget() throws Exception {
    var peak = Long.parseLong(ChildJvm.run(Unscoped.class, "-Xmx48m").strip());
    assertThat(peak).isLessThan(Unscoped.BYTES / 4);
  }

  /** Makes gigabytes of garbage in a small heap. */
  static final class Unscoped {
    static final long BUDGET = 64L << 20;
    static final long BYTES = 2L << 30;

    private Unscoped() {}

    public static void main(String[] args) {
      try (var device = CpuDevice.withThreads(1, new HostAllocator(BUDGET))) {
        var lesson = new Lesson(device, TINY, 4);
        Context.current()
            .withDevice(device)
            .run(() -> {
              for (long made = 0; made < BYTES; made += 8L << 20) {
                lesson.step(1e-3);
                Tensor.empty(
                    device, dev.jebena.memory.DType.F32, dev.jebena.memory.Shape.of(2 << 20));
              }
            });
        System.out.println(device.allocator().statistics().peakLiveBytes());
      }
    }
  }
}
