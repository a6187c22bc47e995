package dev.jebena.cli;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command takes, and where it prints: results on stdout, everything else on stderr. */
final class CommonOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "Print one JSON object on stdout.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  boolean json() {
    return json;
  }

  PrintWriter out() {
    return command.commandLine().getOut();
  }

  PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** One JSON object on a line of stdout. */
  void printJson(Map<String, ?> values) {
    out().println(Json.object(values));
    out().flush();
  }

  /** An error in how the command was called: exit code 2. */
  ParameterException wrongUsage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
