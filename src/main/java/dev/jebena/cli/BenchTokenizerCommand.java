package dev.jebena.cli;

import dev.jebena.bench.BenchCase;
import dev.jebena.bench.TokenizerWorkload;
import dev.jebena.kernel.cpu.CpuDevice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jebena bench tokenizer}. */
@Command(
    name = "tokenizer",
    addMethodSubcommands = false,
    description = "Byte-level BPE on the sources of this JDK: learning merges, and encoding.",
    footer = {
      "%nExample:",
      "  jebena bench tokenizer encode --megabytes 50 --vs tiktoken --python venv/bin/python"
    })
final class BenchTokenizerCommand implements Callable<Integer> {
  private static final int SMALLEST_VOCABULARY = 257;

  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Parameters(
      arity = "0..*",
      paramLabel = "TASK",
      description = "train or encode, which is measured on 1 and on 2 threads (default: both).")
  private List<String> tasks = List.of("train", "encode");

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      defaultValue = "20",
      description = "Text to work on (default: ${DEFAULT-VALUE}).")
  private double megabytes;

  @Option(
      names = "--vocab-size",
      paramLabel = "N",
      defaultValue = "32000",
      description = "Tokens to learn (default: ${DEFAULT-VALUE}).")
  private int vocabularySize;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    if (!(megabytes > 0 && megabytes < 1e5)) {
      throw common.wrongUsage("--megabytes " + megabytes + ": some text is needed");
    }
    if (vocabularySize < SMALLEST_VOCABULARY) {
      throw common.wrongUsage(
          "--vocab-size " + vocabularySize + " is too small: at least " + SMALLEST_VOCABULARY);
    }
    for (var task : tasks) {
      if (!List.of("train", "encode").contains(task)) {
        throw common.wrongUsage("no task is called '" + task + "'; there are: train, encode");
      }
    }
    var words = new ArrayList<>(List.of("tokenizer"));
    words.addAll(tasks);
    words.addAll(List.of("--megabytes", "" + megabytes, "--vocab-size", "" + vocabularySize));
    try (var workload = TokenizerWorkload.onJdkSources((long) (megabytes * 1e6), vocabularySize)) {
      var cases = new ArrayList<BenchCase>();
      if (tasks.contains("train")) {
        cases.add(workload.training(CpuDevice.standardThreads()));
      }
      if (tasks.contains("encode")) {
        cases.add(workload.encoding(1));
        cases.add(workload.encoding(2));
      }
      options.run(common, device, words, cases);
    }
    return 0;
  }
}
