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
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.ChildJvm;
import dev.jebena.testing.Configs;
import dev.jebena.train.ProcessMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Long training and training side by side: flat memory, the same bits. */
class SoakTest {
  private static final TransformerConfig SMALL =
      Configs.llama(40, 12, 32, 2, 4, 2, 8, 64, 10_000, false, 1e-5, false);

  /** A model with a new batch a step, all from one seed. */
  private static final class Training {
    private final Context context;
    private final Transformer model;
    private final AdamW optimizer;

    Training(Device device, long seed) {
      context = Context.current().withDevice(device).withSeed(seed);
      model = context.call(() -> Initialisation.model(SMALL, seed));
      optimizer =
          context.call(() ->
              new AdamW(
                  AdamW.groupsByRank(model.namedParameters(), 0.01),
                  AdamW.Settings.LANGUAGE_MODEL));
    }

    void step() {
      context.run(() -> {
        var tokens = Tensor.randint(0, SMALL.vocabularySize(), 4, SMALL.contextLength() + 1);
        var loss =
            model.loss(
                tokens.slice(1, 0, SMALL.contextLength()).contiguous(),
                tokens.slice(1, 1, SMALL.contextLength() + 1).contiguous());
        loss.backward();
        double norm = GradientNorm.of(model.namedParameters().values());
        optimizer.step(1e-3, GradientNorm.clipFactor(norm, 1));
        optimizer.zeroGrad();
      });
    }

    void scopedStep() {
      try (var _ = Scope.open()) {
        step();
      }
    }

    Map<String, float[]> parameters() {
      var values = new LinkedHashMap<String, float[]>();
      context.run(() -> model.stateDict().forEach((name, p) -> values.put(name, p.toFloats())));
      return values;
    }
  }

  private static void soakWithScopes(int steps) {
    try (var device = CpuDevice.withThreads(1)) {
      var training = new Training(device, 3);
      for (int i = 0; i < steps / 4; i++) {
        training.scopedStep();
      }
      var before = device.allocator().statistics();
      for (int i = 0; i < steps; i++) {
        training.scopedStep();
      }
      var after = device.allocator().statistics();
      assertThat(after.liveBytes()).isEqualTo(before.liveBytes());
      assertThat(after.systemCalls()).as("calls to the system").isEqualTo(before.systemCalls());
      assertThat(after.systemBytes()).isEqualTo(before.systemBytes());
    }
  }

  private static void soakWithoutScopes(int steps) {
    long budget = 16L << 20;
    try (var device = CpuDevice.withThreads(1, new HostAllocator(budget))) {
      var training = new Training(device, 3);
      for (int i = 0; i < steps; i++) {
        training.step();
      }
      var statistics = device.allocator().statistics();
      // the budget may double once while cleaners lag behind
      assertThat(statistics.peakLiveBytes()).isLessThan(3 * budget);
      assertThat(statistics.systemBytes()).isLessThan(4 * budget);
    }
  }

  @Test
  void memoryIsFlatWithScopes() {
    soakWithScopes(60);
  }

  @Test
  void memoryIsBoundedWithoutScopes() {
    soakWithoutScopes(120);
  }

  /** The whole process, in a small heap: what it holds after 500 steps it holds after 2,500. */
  @Test
  @Tag("slow")
  void theProcessStaysFlatForTwoThousandSteps() throws Exception {
    for (var scoped : List.of("true", "false")) {
      long grown =
          Long.parseLong(ChildJvm.run(Soak.class, "-Xmx64m", "-Dscoped=" + scoped).strip());
      assertThat(grown).as("bytes grown, with scopes: " + scoped).isLessThan(32L << 20);
    }
  }

  /** Prints how much the resident memory of this process grows in 2,000 steps. */
  static final class Soak {
    private Soak() {}

    public static void main(String[] args) {
      boolean scoped = Boolean.getBoolean("scoped");
      try (var device = CpuDevice.withThreads(1, new HostAllocator(16L << 20))) {
        var training = new Training(device, 3);
        long before = 0;
        for (int i = 0; i < 2500; i++) {
          if (i == 500) {
            before = ProcessMemory.residentBytes();
          }
          if (scoped) {
            training.scopedStep();
          } else {
            training.step();
          }
        }
        System.out.println(ProcessMemory.residentBytes() - before);
      }
    }
  }

  /** Two models at once on one device: neither device, pool nor graph mixes them up. */
  @Test
  void twoThreadsTrainAsOneAfterTheOther() throws Exception {
    var device = Devices.get("cpu");
    var alone = new ArrayList<Map<String, float[]>>();
    for (long seed = 1; seed <= 2; seed++) {
      alone.add(trained(device, seed, new CyclicBarrier(1)));
    }
    var barrier = new CyclicBarrier(2);
    try (var threads = Executors.newFixedThreadPool(2)) {
      var futures = new ArrayList<Future<Map<String, float[]>>>();
      for (long seed : List.of(1L, 2L)) {
        futures.add(threads.submit(() -> trained(device, seed, barrier)));
      }
      for (int i = 0; i < 2; i++) {
        var together = futures.get(i).get();
        alone
            .get(i)
            .forEach((name, values) -> assertThat(together.get(name)).as(name).isEqualTo(values));
      }
    }
  }

  private static Map<String, float[]> trained(Device device, long seed, CyclicBarrier barrier)
      throws Exception {
    var training = new Training(device, seed);
    for (int i = 0; i < 25; i++) {
      barrier.await();
      if (seed == 1) {
        training.scopedStep();
      } else {
        training.step();
      }
    }
    return training.parameters();
  }
}
