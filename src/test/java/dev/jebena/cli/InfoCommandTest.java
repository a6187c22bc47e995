package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.nn.OperationTable;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
  @Test
  void tellsPrograms() {
    var json = Run.of("info", "--json").json();
    assertThat(json.propertyNames())
        .contains(
            "version",
            "jdk",
            "java_home",
            "os",
            "cpu",
            "threads",
            "provider",
            "vector_bits",
            "fma",
            "machine_code",
            "peak_gflops",
            "gemm_gflops",
            "stream_gbps",
            "opencl");
    assertThat(json.get("version").asString()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(json.get("threads").asInt()).isPositive();
    assertThat(json.get("vector_bits").asInt()).isIn(128, 256, 512);
    assertThat(json.get("opencl").isArray()).isTrue();
    for (var figure : new String[] {"peak_gflops", "gemm_gflops", "stream_gbps"}) {
      assertThat(json.get(figure).asDouble()).as(figure).isPositive();
    }
  }

  @Test
  void tellsPeople() {
    var run = Run.of("info").succeeds();
    assertThat(run.out()).contains("JDK", "vectors", "GFLOP/s", "health");
  }

  @Test
  void listsEveryOperation() {
    var json = Run.of("info", "--operations", "--json").json();
    var table = OperationTable.all();
    var listed = json.get("operations");
    assertThat(listed).hasSameSizeAs(table);
    for (int i = 0; i < table.size(); i++) {
      var row = listed.get(i);
      assertThat(row.propertyNames())
          .containsExactly("name", "dtypes", "differentiable", "devices", "samples");
      assertThat(row.get("name").asString()).isEqualTo(table.get(i).name());
      assertThat(row.get("devices").toString()).contains("\"cpu\"", "\"reference\"");
      assertThat(row.get("samples").asInt()).isEqualTo(table.get(i).samples().size());
    }
    var human = Run.of("info", "--operations").succeeds();
    assertThat(human.out()).hasLineCount(table.size() + 2).contains("matmul");
  }
}
