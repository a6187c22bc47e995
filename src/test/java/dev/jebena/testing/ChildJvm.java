package dev.jebena.testing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a JVM of its own, with other flags than this one's. */
public final class ChildJvm {
  private ChildJvm() {}

  /**
   * What {@code main} prints on stdout.
   *
   * @param flags of the JVM, before the class name
   * @throws IllegalStateException where it fails or takes more than two minutes, with its output
   */
  public static String run(Class<?> main, String... flags) throws Exception {
    return run(Map.of(), main, flags);
  }

  /** The same with more variables in its environment. */
  public static String run(Map<String, String> environment, Class<?> main, String... flags)
      throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    var errors = Files.createTempFile("child", ".err");
    try {
      var process = builder.redirectError(errors.toFile()).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " did not end");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            command + " failed: " + output + Files.readString(errors, StandardCharsets.UTF_8));
      }
      return output;
    } finally {
      Files.deleteIfExists(errors);
    }
  }
}
