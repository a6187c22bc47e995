package dev.jebena.cli;

import dev.jebena.bench.BenchCase;
import dev.jebena.bench.DecodeWorkload;
import dev.jebena.kernel.cpu.CpuDevice;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code jebena bench decode}. */
@Command(
    name = "decode",
    addMethodSubcommands = false,
    description = "Tokens a second, one at a time against a cache of keys and values, in f32.",
    footer = {
      "%nExample:",
      "  jebena bench decode gpt2-124M --vs pytorch --python venv/bin/python"
    })
final class BenchDecodeCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "gpt2-124M",
      description = "gpt2-124M, 22.7M or tiny (default: ${DEFAULT-VALUE}).")
  private String model;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    BenchCase one;
    try {
      one = DecodeWorkload.of(model).toCase(CpuDevice.standardThreads());
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
    options.run(common, device, List.of("decode", model), List.of(one));
    return 0;
  }
}
