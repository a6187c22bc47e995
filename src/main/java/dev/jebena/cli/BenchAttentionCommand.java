package dev.jebena.cli;

import dev.jebena.bench.AttentionWorkload;
import dev.jebena.bench.BenchCase;
import dev.jebena.kernel.cpu.CpuDevice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code jebena bench attention}. */
@Command(
    name = "attention",
    addMethodSubcommands = false,
    description =
        "Causal attention in f32, 8 heads of 64 features, 4096 tokens a call; forward, and forward"
            + " with backward.",
    footer = {"%nExample:", "  jebena bench attention 1024 --vs pytorch --python venv/bin/python"})
final class BenchAttentionCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Parameters(
      arity = "0..*",
      paramLabel = "T",
      description = "Tokens of a sequence (default: 128 256 512 1024 2048 4096).")
  private List<Integer> lengths = AttentionWorkload.LENGTHS;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    int threads = CpuDevice.standardThreads();
    List<BenchCase> cases;
    try {
      cases =
          lengths.stream()
              .flatMap(AttentionWorkload::of)
              .map(workload -> workload.toCase(threads))
              .toList();
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
    var words = new ArrayList<>(List.of("attention"));
    lengths.forEach(length -> words.add(length.toString()));
    options.run(common, device, words, cases);
    return 0;
  }
}
