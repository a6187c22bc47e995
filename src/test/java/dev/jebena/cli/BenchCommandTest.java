package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
  private static final Object[] QUICK = {"--warmup", 0, "--run-seconds", 0, "--json"};

  @TempDir Path folder;

  @Test
  void timesProducts() {
    var json =
        Run.of(GenerateCommandTest.append(new Object[] {"bench", "gemm", 32, 48}, QUICK)).json();
    assertThat(json.propertyNames()).containsExactly("machine", "results");
    assertThat(json.get("machine").propertyNames())
        .contains("jdk", "os", "cpu", "threads", "flags", "vector_bits", "commit", "time");
    assertThat(json.get("results")).hasSize(2);
    var result = json.get("results").get(1);
    assertThat(result.propertyNames())
        .startsWith(
            "bench",
            "case",
            "device",
            "dtype",
            "unit",
            "median",
            "min",
            "max",
            "runs",
            "peer",
            "peer_median",
            "ratio");
    assertThat(result.get("bench").asString()).isEqualTo("gemm");
    assertThat(result.get("case").asString()).isEqualTo("48");
    assertThat(result.get("unit").asString()).isEqualTo("GFLOP/s");
    assertThat(result.get("runs").asInt()).isEqualTo(5);
    double median = result.get("median").asDouble();
    assertThat(median)
        .isBetween(result.get("min").asDouble(), result.get("max").asDouble())
        .isPositive();
    assertThat(result.get("peer").isNull()).isTrue();
    assertThat(result.get("ratio").isNull()).isTrue();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void timesTrainingBesideAPeer() throws IOException {
    var python = folder.resolve("python");
    Files.writeString(python, "#!/bin/sh\necho ready fake 1.0\nwhile read n; do echo 2; done\n");
    assertThat(python.toFile().setExecutable(true)).isTrue();
    var out = folder.resolve("report.json");
    Object[] call = {
      "bench", "train", "depth-1", "--vs", "pytorch", "--python", python, "--out", out
    };
    var json = Run.of(GenerateCommandTest.append(call, QUICK)).json();
    var result = json.get("results").get(0);
    assertThat(result.get("bench").asString()).isEqualTo("train");
    assertThat(result.get("case").asString()).isEqualTo("depth-1");
    assertThat(result.get("device").asString()).isEqualTo("cpu");
    assertThat(result.get("unit").asString()).isEqualTo("tokens/s");
    assertThat(result.get("peer").asString()).isEqualTo("fake 1.0");
    double peer = result.get("peer_median").asDouble();
    assertThat(peer).isEqualTo(8 * 256 / 2.0);
    assertThat(result.get("ratio").asDouble()).isEqualTo(result.get("median").asDouble() / peer);
    assertThat(JsonMapper.builder().build().readTree(Files.readString(out))).isEqualTo(json);
  }

  @Test
  void holdsKernelsAgainstAStreamingLoop() {
    Object[] call = {"bench", "elementwise", "add", "sumRows", "softmax", "--side", 512};
    var json = Run.of(GenerateCommandTest.append(call, QUICK)).json();
    assertThat(json.get("results")).hasSize(3);
    for (var result : json.get("results")) {
      assertThat(result.get("bench").asString()).isEqualTo("elementwise");
      assertThat(result.get("unit").asString()).isEqualTo("GB/s");
      assertThat(result.get("peer").asString()).isEqualTo("streaming loop");
      assertThat(result.get("ratio").asDouble()).isPositive();
    }
  }

  @Test
  void speaksToPeople() {
    var run = Run.of("bench", "gemm", 16, "--warmup", 0, "--run-seconds", 0).succeeds();
    assertThat(run.out()).contains("gemm", "GFLOP/s", "5 runs").hasLineCount(1);
  }

  @Test
  void refuses() {
    Run.of("bench").isWrongUsage("subcommand");
    Run.of("bench", "gemm", 0).isWrongUsage("size 0");
    Run.of("bench", "gemm", "--runs", 4).isWrongUsage("at least 5");
    Run.of("bench", "gemm", "--vs", "abacus").isWrongUsage("abacus", "pytorch");
    Run.of("bench", "elementwise", "knit").isWrongUsage("'knit'", "softmax");
    Run.of("bench", "elementwise", "add", "--side", 100).isWrongUsage("100", "multiple of 512");
    Run.of("bench", "train", "huge").isFailure("'huge'", "22.7M");
    Run.of("bench", "gemm", 16, "--warmup", 0, "--vs", "pytorch", "--python", "no-such-python")
        .isFailure("no-such-python");
  }
}
