package dev.jebena.cli;

import dev.jebena.bench.BenchCase;
import dev.jebena.bench.GemmWorkload;
import dev.jebena.kernel.cpu.CpuDevice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code jebena bench gemm}. */
@Command(
    name = "gemm",
    addMethodSubcommands = false,
    description = "Products of matrices in f32.",
    footer = {
      "%nA shape MxKxN takes nn, nt, tn or tt behind it: t for a factor that lies transposed.",
      "The sets are squares (64 to 4096), the layers of the training models forward and backward",
      "(22.7M, gpt2-124M, char), and decode, whose left factor has one row.",
      "%nExample:",
      "  jebena bench gemm 512 1024 4096x512x1344nt char --warmup 2"
    })
final class BenchGemmCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Parameters(
      arity = "0..*",
      paramLabel = "SIZE|MxKxN|SET",
      description = "Which (default: all sets).")
  private List<String> words = GemmWorkload.SETS;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    int threads = CpuDevice.standardThreads();
    List<BenchCase> cases;
    try {
      cases =
          words.stream()
              .flatMap(word -> GemmWorkload.of(word).stream())
              .map(workload -> workload.toCase(threads))
              .toList();
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
    var all = new ArrayList<>(List.of("gemm"));
    all.addAll(words);
    options.run(common, device, all, cases);
    return 0;
  }
}
