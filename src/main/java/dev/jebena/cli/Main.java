package dev.jebena.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code jebena COMMAND}. Exit code 0 for success, 1 for a failure, 2 for wrong usage; an error is
 * one line on stderr.
 */
@Command(
    name = "jebena",
    addMethodSubcommands = false,
    description = "A language-model engine in pure Java.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TrainCommand.class,
      GenerateCommand.class,
      EvalCommand.class,
      TokenizerCommand.class,
      ModelCommand.class,
      AblateCommand.class,
      BenchCommand.class,
      TuneCommand.class,
      InfoCommand.class,
    })
public final class Main implements Callable<Integer> {
  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Where an error came from, below its line.")
  private boolean stacktrace;

  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    useRealStderr();
    int code = run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args);
    System.out.flush();
    System.err.flush();
    System.exit(code);
  }

  /**
   * Runs a command.
   *
   * @return the exit code
   */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    var main = new Main();
    var commandLine =
        new CommandLine(main)
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler((e, unused) -> main.wrongUsage(e))
            .setExecutionExceptionHandler((e, command, parsed) -> main.failed(e, err));
    try {
      return commandLine.execute(args);
    } catch (Error e) { // picocli hands over exceptions only
      return main.failed(e, err);
    }
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return USAGE;
  }

  private int wrongUsage(ParameterException e) {
    var command = e.getCommandLine();
    var line = new StringBuilder(ErrorLine.of(e));
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      line.append("; did you mean ").append(unmatched.getSuggestions().getFirst()).append('?');
    }
    line.append(" (see ").append(command.getCommandSpec().qualifiedName()).append(" --help)");
    return report(line.toString(), e, command.getErr(), USAGE);
  }

  private int failed(Throwable e, PrintWriter err) {
    return report(ErrorLine.of(e), e, err, FAILURE);
  }

  private int report(String line, Throwable e, PrintWriter err, int code) {
    err.println("jebena: " + line);
    if (stacktrace) {
      e.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  /**
   * The launcher starts the JVM with its stderr in a filter and names the real one in the property
   * {@code jebena.stderr}: everything from here on goes straight there.
   */
  private static void useRealStderr() {
    var path = System.getProperty("jebena.stderr");
    if (path == null) {
      return;
    }
    // a file opened once more has a position of its own, and what the shell writes next would
    // overwrite what is written here
    if (Files.isRegularFile(Path.of(path))) {
      takeStderr(path);
      return;
    }
    try {
      System.setErr(new PrintStream(new FileOutputStream(path, true), true, System.err.charset()));
    } catch (IOException e) {
      // a socket, say, cannot be opened by its path: the filter passes everything on as well
    }
  }

  /** Makes what is open as {@code /dev/fd/N} this process's stderr. */
  @SuppressWarnings("restricted") // the launcher allows native access
  private static void takeStderr(String path) {
    try {
      int descriptor = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
      var linker = Linker.nativeLinker();
      var dup2 =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("dup2"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      int done = (int) dup2.invokeExact(descriptor, 2);
    } catch (Throwable e) {
      // the filter passes everything on as well, if a little later
    }
  }
}
