package dev.jebena.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jebena model COMMAND}. */
@Command(
    name = "model",
    addMethodSubcommands = false,
    description = "What models are made of.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ModelDescribeCommand.class})
final class ModelCommand {
  @Mixin private HelpOption help;
}
