package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.testing.ChildJvm;
import dev.jebena.testing.TestDevices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class TuneCommandTest {
  @TempDir Path folder;

  /** In a JVM of its own, which keeps its table away from the user's. */
  static final class Tunes {
    public static void main(String[] args) {
      System.out.println(Run.of("tune", "--sides", "32", "--json").json());
    }
  }

  @Test
  void tunesAndKeepsTheTableBesideThePrograms() throws Exception {
    TestDevices.opencl();
    var output = ChildJvm.run(Map.of("XDG_CACHE_HOME", folder.toString()), Tunes.class);
    var json =
        JsonMapper.builder()
            .build()
            .readTree(output.lines().filter(l -> l.startsWith("{")).findFirst().orElseThrow());
    assertThat(json.propertyNames())
        .containsExactly("device", "form", "before", "chosen", "ratio", "candidates", "table");
    assertThat(json.get("chosen").propertyNames())
        .containsExactly("rows", "chunk_kib", "tile", "large", "gflops");
    assertThat(json.get("ratio").asDouble()).isGreaterThanOrEqualTo(1);
    var table = folder.resolve("jebena").resolve("opencl-tuning.txt");
    assertThat(json.get("table").asString()).isEqualTo(table.toString());
    assertThat(Files.readAllLines(table))
        .hasSize(2)
        .last()
        .asString()
        .startsWith(json.get("device").asString() + " | " + json.get("form").asString() + " | ");
  }

  @Test
  void refuses() {
    for (var sides : List.of("0", "15", "16385")) {
      Run.of("tune", "--sides", sides).isWrongUsage("--sides", sides);
    }
    Run.of("tune", "--device", "cpu").isWrongUsage("--device cpu", "opencl");
  }
}
