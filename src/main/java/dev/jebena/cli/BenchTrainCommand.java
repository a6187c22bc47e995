package dev.jebena.cli;

import dev.jebena.bench.TrainWorkload;
import dev.jebena.kernel.cpu.CpuDevice;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code jebena bench train}. */
@Command(
    name = "train",
    addMethodSubcommands = false,
    description = "Training steps a second, on random tokens.",
    footer = {"%nExample:", "  jebena bench train 22.7M --vs pytorch --python venv/bin/python"})
final class BenchTrainCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Parameters(
      arity = "0..1",
      paramLabel = "PRESET",
      defaultValue = "22.7M",
      description = "22.7M, char or depth-N (default: ${DEFAULT-VALUE}).")
  private String preset;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    var workload = TrainWorkload.of(preset);
    var one =
        new BenchOptions.Case(
            "train",
            preset,
            "tokens/s",
            workload.tokens(),
            workload::contender,
            null,
            "train_step.py",
            workload.arguments(CpuDevice.standardThreads()));
    device.call(
        common,
        () -> {
          options.run(common, List.of(one));
          return null;
        });
    return 0;
  }
}
