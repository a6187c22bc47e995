package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.bench.LadderWorkload;
import dev.jebena.kernel.opencl.KernelLadder;
import dev.jebena.kernel.opencl.OpenClDevice;
import dev.jebena.testing.Fixtures;
import dev.jebena.testing.TestDevices;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchLadderCommandTest {
  private static final Path SOURCES = Fixtures.basedir().resolve("src/main/opencl/ladder");

  @TempDir Path folder;

  @Test
  void everyStepIsRightOnOddSizes() {
    var device = (OpenClDevice) TestDevices.opencl();
    for (var step : KernelLadder.steps()) {
      assertThat(new LadderWorkload(device, step, 200).complaint()).as(step.file()).isEmpty();
    }
  }

  @Test
  void aWrongStepIsNamedAndNotTimed() {
    var device = (OpenClDevice) TestDevices.opencl();
    var wrong = new KernelLadder.Step("gemm", "gemm-0-unsummed", 16, 16, 16, 16, true);
    var said = new StringWriter();
    var cases =
        BenchLadderCommand.right(
            List.of(
                new LadderWorkload(device, wrong, 32),
                new LadderWorkload(device, KernelLadder.steps().getFirst(), 32)),
            new PrintWriter(said));
    assertThat(cases).hasSize(1);
    assertThat(cases.getFirst().name()).isEqualTo("1-naive");
    assertThat(said.toString())
        .startsWith("jebena: gemm 0-unsummed gives wrong numbers for [1, 70] · [70, 33]: element [")
        .contains(", expected ", "; it is not timed")
        .hasLineCount(1);
  }

  @Test
  void timesBesideTheDevicesOwn() throws Exception {
    TestDevices.opencl();
    var out = folder.resolve("ladder.json");
    var plot = folder.resolve("ladder.svg");
    var run =
        Run.of(
            "bench",
            "ladder",
            "--side",
            40,
            "--warmup",
            0,
            "--run-seconds",
            0,
            "--json",
            "--out",
            out,
            "--plot",
            plot);
    var results = run.json().get("results");
    assertThat(results.size()).isEqualTo(KernelLadder.steps().size());
    for (int i = 0; i < results.size(); i++) {
      var step = KernelLadder.steps().get(i);
      var result = results.get(i);
      assertThat(result.get("bench").asString()).isEqualTo("ladder " + step.subject());
      assertThat(result.get("case").asString()).isEqualTo(step.name());
      assertThat(result.get("device").asString()).isEqualTo("opencl");
      assertThat(result.get("unit").asString())
          .isEqualTo(step.subject().equals("gemm") ? "GFLOP/s" : "GB/s");
      assertThat(result.get("median").asDouble()).isPositive();
      assertThat(result.get("peer").asString()).isEqualTo("the device's own");
      assertThat(result.get("ratio").asDouble()).isPositive();
    }
    assertThat(out).isRegularFile();
    try (var files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".svg"))).hasSize(2);
    }
  }

  @Test
  void refuses() {
    Run.of("bench", "ladder", "knit").isWrongUsage("'knit'", "gemm, softmax");
    Run.of("bench", "ladder", "--side", 0).isWrongUsage("--side 0");
    Run.of("bench", "ladder", "--device", "cpu").isWrongUsage("--device cpu", "opencl");
  }

  /** Each file is a step, and begins by saying what it is and what bounds it. */
  @Test
  void everyFileIsAStepAndExplainsItself() throws Exception {
    try (var files = Files.list(SOURCES)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              KernelLadder.steps().stream().map(step -> step.file() + ".cl").toList());
    }
    var page = Files.readString(Fixtures.basedir().resolve("docs/kernel-ladder.md"));
    for (var step : KernelLadder.steps()) {
      var header =
          Files.readString(SOURCES.resolve(step.file() + ".cl"))
              .lines()
              .takeWhile(line -> line.startsWith("//"))
              .toList();
      assertThat(header.getFirst()).contains("step " + step.name().charAt(0) + ":");
      assertThat(String.join("\n", header)).contains("\n// Bound by ");
      assertThat(page).contains("`" + step.name() + "`");
    }
  }
}
