package dev.jebena.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures in JVMs of their own, so that what the compiler made of one start is not taken for what
 * it makes of all.
 *
 * @param main the class that understands {@code bench … --json}
 * @param progress told what the children say
 */
public record FreshJvms(String main, Consumer<String> progress) {
  private static final String NOISE = "WARNING: Using incubator modules";

  /**
   * Runs each command in a JVM of its own, all of them once a start: what changes slowly on the
   * machine then changes for all.
   *
   * @param commands words after {@code bench}
   * @throws BenchException where one fails, with its last line
   */
  public List<BenchResult> measure(List<List<String>> commands, int starts) {
    var results = new ArrayList<BenchResult>();
    for (int start = 1; start <= starts; start++) {
      for (var command : commands) {
        progress.accept(
            "start %d of %d: bench %s".formatted(start, starts, String.join(" ", command)));
        results.addAll(child(command));
      }
    }
    return Report.merged(results);
  }

  private List<BenchResult> child(List<String> words) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (var flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // a descriptor that only this process has
      if (!flag.startsWith("-Djebena.stderr=")) {
        command.add(flag);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main, "bench"));
    command.addAll(words);
    command.addAll(List.of("--starts", "1", "--json"));
    try {
      var process = new ProcessBuilder(command).start();
      var last = new String[] {""};
      var listener = Thread.ofVirtual().start(() -> last[0] = listen(process.errorReader()));
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      listener.join();
      if (code != 0) {
        throw new BenchException(
            "bench " + String.join(" ", words) + " failed: " + last[0].replace("jebena: ", ""));
      }
      return Report.resultsOf(JsonMapper.builder().build().readTree(output));
    } catch (IOException | JacksonException e) {
      throw new BenchException("a JVM of its own cannot be used: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("the benchmark was interrupted", e);
    }
  }

  /** Passes lines on; gives the last. */
  private String listen(BufferedReader lines) {
    var last = "";
    try {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith(NOISE) && !line.isBlank()) {
          last = line;
          progress.accept(line);
        }
      }
    } catch (IOException e) {
      return last; // it ended
    }
    return last;
  }
}
