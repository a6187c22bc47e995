package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.testing.Fixtures;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A modular program that requires {@code dev.jebena}, and no flag but the native one. */
class ModulePathTest {
  private static final String MODULE =
      """
      module consumer {
        requires dev.jebena;
      }
      """;
  private static final String MAIN =
      """
      package consumer;

      import dev.jebena.io.NamedArray;
      import dev.jebena.io.Safetensors;
      import dev.jebena.tensor.Tensor;
      import java.nio.file.Files;
      import java.nio.file.Path;
      import java.util.List;
      import java.util.Map;

      public final class Main {
        public static void main(String[] args) throws Exception {
          var x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).requiresGrad(true);
          var loss = x.matmul(x).sum();
          loss.backward();
          var file = Path.of(args[0]);
          Safetensors.write(file, List.of(NamedArray.of("loss", new double[] {loss.item()})), Map.of());
          var read = Safetensors.open(file);
          System.out.println(read.array("loss").toDoubles()[0]);
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void aConsumerTrainsAndSaves() throws Exception {
    var sources = Files.createDirectories(folder.resolve("src/consumer"));
    Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
    Files.writeString(sources.resolve("Main.java"), MAIN);
    var modulePath = modulePath();
    var classes = folder.resolve("classes");

    run(
        List.of(
            tool("javac"),
            "--module-path",
            modulePath,
            "-d",
            classes.toString(),
            sources.resolveSibling("module-info.java").toString(),
            sources.resolve("Main.java").toString()));
    var output =
        run(
            List.of(
                tool("java"),
                "--enable-native-access=dev.jebena",
                "--module-path",
                modulePath + File.pathSeparator + classes,
                "--module",
                "consumer/consumer.Main",
                folder.resolve("loss.safetensors").toString()));

    // [[1, 2], [3, 4]]² = [[7, 10], [15, 22]]
    assertThat(output.lines().toList()).contains("54.0");
  }

  /** The module and what it truly needs: nothing of what only the command line uses. */
  private static String modulePath() {
    var jackson =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.contains("jackson"))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(jackson).isNotEmpty();
    return Fixtures.basedir().resolve("target/classes") + File.pathSeparator + jackson;
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
