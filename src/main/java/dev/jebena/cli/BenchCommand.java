package dev.jebena.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jebena bench}: the standard set, or one kind of workload. */
@Command(
    name = "bench",
    addMethodSubcommands = false,
    description = {
      "Timings: warm-up, repeated runs, a peer in the same rounds, several starts of the JVM.",
      "Without a command the standard set, which takes a few minutes."
    },
    footer = {
      "%nExamples:",
      "  jebena bench",
      "  jebena bench --vs pytorch --python venv/bin/python --md",
      "  jebena bench gemm 512 1024 --starts 3 --plot gemm.svg"
    },
    synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {
      BenchGemmCommand.class,
      BenchElementwiseCommand.class,
      BenchAttentionCommand.class,
      BenchTrainCommand.class,
      BenchDecodeCommand.class,
      BenchTokenizerCommand.class,
      BenchLadderCommand.class
    })
final class BenchCommand implements Callable<Integer> {
  private static final int STARTS = 2;

  /** Something of everything, each in a JVM of its own. */
  private static final List<List<String>> STANDARD =
      List.of(
          List.of("gemm", "squares"),
          List.of("elementwise", "add", "exp", "gelu", "sumRows", "softmax"),
          List.of("attention", "1024"),
          List.of("train", "char"),
          List.of("train", "22.7M"),
          List.of("decode", "gpt2-124M"),
          List.of("tokenizer", "--megabytes", "10"));

  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    options.runFresh(common, device, STANDARD, STARTS);
    return 0;
  }
}
