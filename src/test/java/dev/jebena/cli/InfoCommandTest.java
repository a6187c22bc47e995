package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.nn.OperationTable;
import dev.jebena.testing.ChildJvm;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
  private static final String[] KEYS = {
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
    "opencl"
  };

  @Test
  void tellsPrograms() {
    var json = Run.of("info", "--json").json();
    assertThat(json.propertyNames()).contains(KEYS).doesNotContain("operations");
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

  /** Prints what {@code info} said, and its exit code. */
  public static final class Child {
    /** Takes no arguments. */
    public static void main(String[] args) {
      var run = Run.of("info");
      System.out.println(run.out() + run.err() + "exit code " + run.code());
    }
  }

  @Test
  void failsWhereKernelsAreNotCompiled() throws Exception {
    var slow = ChildJvm.run(Child.class, "-XX:TieredStopAtLevel=1");
    assertThat(slow).contains("FALLBACK", "jebena: SLOW: ", "C2", "exit code 1");
  }

  /** The compiler may give up on one method, and nothing else says so. */
  @Test
  void failsWhereTheMatrixKernelAloneIsNotCompiled() throws Exception {
    var slow =
        ChildJvm.run(
            Child.class,
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=exclude,dev.jebena.kernel.cpu.NarrowTiles::*",
            "-XX:CompileCommand=exclude,dev.jebena.kernel.cpu.WideTiles::*");
    assertThat(slow)
        .contains("jebena: SLOW: matrix kernel runs at ", "not compiled", "exit code 1")
        .doesNotContain("FALLBACK");
  }

  @Test
  void listsEveryOperation() {
    var json = Run.of("info", "--operations", "--json").json();
    assertThat(json.propertyNames()).contains(KEYS);
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
