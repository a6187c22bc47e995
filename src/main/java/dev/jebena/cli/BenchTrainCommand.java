package dev.jebena.cli;

import dev.jebena.bench.BenchCase;
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
      arity = "0..*",
      paramLabel = "PRESET[@BxT]",
      description =
          "22.7M, char, depth-N, and others of train --preset; @4x64 behind it for 4 sequences of"
              + " 64 tokens (default: 22.7M).")
  private List<String> presets = List.of("22.7M");

  @Override
  public Integer call() throws IOException {
    options.check(common);
    int threads = CpuDevice.standardThreads();
    var names = presets.stream().flatMap(word -> TrainWorkload.names(word).stream()).toList();
    List<BenchCase> cases;
    try {
      cases = names.stream().map(name -> TrainWorkload.of(name).toCase(threads)).toList();
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
    if (cases.size() == 1) {
      options.run(common, device, List.of("train", names.getFirst()), cases);
    } else {
      // the peak of memory is the process's: each has one of its own
      options.runFresh(
          common, device, names.stream().map(name -> List.of("train", name)).toList(), 1);
    }
    return 0;
  }
}
