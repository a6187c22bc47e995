package dev.jebena.cli;

import dev.jebena.bench.GemmWorkload;
import dev.jebena.kernel.cpu.CpuDevice;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code jebena bench gemm}. */
@Command(
    name = "gemm",
    addMethodSubcommands = false,
    description = "Products of square matrices in f32.",
    footer = {"%nExample:", "  jebena bench gemm 512 1024 --warmup 2"})
final class BenchGemmCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Parameters(
      arity = "0..*",
      paramLabel = "SIZE",
      description = "Rows and columns (default: 128 256 512 1024 2048).")
  private List<Integer> sizes = GemmWorkload.SIZES;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    for (int size : sizes) {
      if (size < 1) {
        throw common.wrongUsage("a matrix of size " + size + " (at least 1)");
      }
    }
    var cases = sizes.stream().map(BenchGemmCommand::oneCase).toList();
    device.call(
        common,
        () -> {
          options.run(common, cases);
          return null;
        });
    return 0;
  }

  private static BenchOptions.Case oneCase(int size) {
    var workload = new GemmWorkload(size);
    return new BenchOptions.Case(
        "gemm",
        Integer.toString(size),
        "GFLOP/s",
        workload.gigaFlops(),
        workload::contender,
        null,
        "matmul.py",
        workload.arguments(CpuDevice.standardThreads()));
  }
}
