package dev.jebena.cli;

import picocli.CommandLine.Option;

/** For commands that only hold others. */
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean requested;
}
