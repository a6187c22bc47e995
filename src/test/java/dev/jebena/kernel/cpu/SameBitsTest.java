package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels give the same bits whatever the compiler has done so far, for each vector width. */
class SameBitsTest {
  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void interpreterAndCompiledCodeAgree(int vectorBits) throws Exception {
    String interpreted = digest(vectorBits, 1, "-Xint");
    String compiled =
        digest(vectorBits, 12, "-Xbatch", "-XX:-TieredCompilation", "-XX:CompileThreshold=100");
    assertThat(compiled).startsWith("digest " + vectorBits + " ").isEqualTo(interpreted);
  }

  private static String digest(int vectorBits, int rounds, String... flags)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djebena.vector.bits=" + vectorBits);
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(KernelDigest.class.getName());
    command.add(Integer.toString(rounds));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output
        .lines()
        .filter(line -> line.startsWith("digest"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(output));
  }
}
