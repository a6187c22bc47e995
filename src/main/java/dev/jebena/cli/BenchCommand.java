package dev.jebena.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jebena bench COMMAND}. */
@Command(
    name = "bench",
    addMethodSubcommands = false,
    description = "Timings: warm-up, repeated runs, a peer in the same rounds.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {BenchTrainCommand.class, BenchGemmCommand.class, BenchElementwiseCommand.class})
final class BenchCommand {
  @Mixin private HelpOption help;
}
