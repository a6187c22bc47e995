package dev.jebena.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Who can do the same work as a workload of ours.
 *
 * @param name as after {@code --vs}
 * @param program its script below the folder {@code benchmarks}, or the name of a main class of
 *     that project
 * @param arguments that make it do the same; asked for when it starts
 */
public record Peer(String name, String program, Supplier<List<String>> arguments) {
  private static final String PACKAGE = "dev.jebena.benchmarks.";

  /** PyTorch, eager. */
  static Peer pytorch(String script, List<String> arguments) {
    return new Peer("pytorch", "pytorch/" + script, () -> arguments);
  }

  /**
   * Starts it.
   *
   * @param home the source tree of Jebena
   * @param python for scripts
   * @throws BenchException where what it needs is missing
   */
  public Contender start(Path home, String python) {
    var benchmarks = home.resolve("benchmarks");
    var command = new ArrayList<String>();
    if (program.endsWith(".py")) {
      var script = benchmarks.resolve(program);
      if (!Files.isRegularFile(script)) {
        throw new BenchException(
            script + ": there is no such script; run from the source tree of Jebena");
      }
      command.addAll(List.of(python, script.toString()));
    } else {
      var classes = benchmarks.resolve("target").resolve("classes");
      if (!Files.isDirectory(classes)) {
        throw new BenchException(
            "the peer "
                + name
                + " is not built; ./jebena jmh --djl -l builds it, with 110 MB from Maven Central"
                + " the first time");
      }
      var libraries = benchmarks.resolve("target").resolve("lib").resolve("*");
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("--enable-native-access=ALL-UNNAMED");
      command.addAll(
          List.of("-cp", classes + java.io.File.pathSeparator + libraries, PACKAGE + program));
    }
    command.addAll(arguments.get());
    return PeerProcess.start(command);
  }
}
