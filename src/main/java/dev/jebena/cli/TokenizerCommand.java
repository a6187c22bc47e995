package dev.jebena.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jebena tokenizer COMMAND}. */
@Command(
    name = "tokenizer",
    addMethodSubcommands = false,
    description = "Learn a vocabulary; turn text into token ids and back.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TokenizerTrainCommand.class,
      TokenizerEncodeCommand.class,
      TokenizerDecodeCommand.class,
      TokenizerCompareCommand.class
    })
final class TokenizerCommand {
  @Mixin private HelpOption help;
}
