package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
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

  private static JsonNode results(Object... call) {
    return Run.of(GenerateCommandTest.append(call, QUICK)).json().get("results");
  }

  @Test
  void productsOfModelsHaveAllThreeForms() {
    var results = results("bench", "gemm", "char", "3x5x7tt");
    assertThat(results).hasSize(4 * 3 + 1);
    assertThat(results.findValuesAsString("case"))
        .contains("768x128x344nt", "768x344x128nn", "344x768x128tn", "3x5x7tt");
  }

  @Test
  void timesAttention() {
    var results = results("bench", "attention", 16);
    assertThat(results.findValuesAsString("case"))
        .containsExactly("16 forward", "16 forward+backward");
    for (var result : results) {
      assertThat(result.get("bench").asString()).isEqualTo("attention");
      assertThat(result.get("unit").asString()).isEqualTo("GFLOP/s");
      assertThat(result.get("median").asDouble()).isPositive();
    }
  }

  @Test
  void timesDecoding() {
    var result = results("bench", "decode", "tiny").get(0);
    assertThat(result.get("bench").asString()).isEqualTo("decode");
    assertThat(result.get("case").asString()).isEqualTo("tiny");
    assertThat(result.get("unit").asString()).isEqualTo("tokens/s");
    assertThat(result.get("median").asDouble()).isPositive();
  }

  @Test
  @EnabledIf("jdkHasSources")
  void timesTokenizers() {
    var results = results("bench", "tokenizer", "--megabytes", 0.05, "--vocab-size", 300);
    assertThat(results.findValuesAsString("case"))
        .containsExactly("train 300", "encode, 1 thread", "encode, 2 threads");
    for (var result : results) {
      assertThat(result.get("unit").asString()).isEqualTo("MB/s");
      assertThat(result.get("median").asDouble()).isPositive();
    }
  }

  static boolean jdkHasSources() {
    return Files.isRegularFile(Path.of(System.getProperty("java.home"), "lib", "src.zip"));
  }

  @Test
  void trainingTellsWhatItAllocates() {
    var result = results("bench", "train", "char@2x32").get(0);
    assertThat(result.get("case").asString()).isEqualTo("char@2x32");
    assertThat(result.get("system_allocations_per_step").asDouble()).isZero();
    assertThat(result.get("heap_bytes_per_step").asDouble()).isPositive();
    if (OS.LINUX.isCurrentOs()) {
      assertThat(result.get("peak_rss_bytes").asDouble()).isGreaterThan(10e6);
    }
  }

  @Test
  void severalStartsAreSeveralJvms() {
    var result = results("bench", "gemm", 16, "--starts", 2).get(0);
    assertThat(result.get("runs").asInt()).isEqualTo(10);
    assertThat(result.get("values")).hasSize(10);
    assertThat(result.get("starts")).hasSize(2);
    assertThat(result.get("starts").get(0).asDouble())
        .isBetween(result.get("min").asDouble(), result.get("max").asDouble());
  }

  @Test
  void aFailureInAJvmOfItsOwnIsTold() {
    Object[] call = {
      "bench", "gemm", 16, "--starts", 2, "--vs", "pytorch", "--python", "no-such-python"
    };
    var run = Run.of(GenerateCommandTest.append(call, QUICK));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines().toList().getLast())
        .startsWith("jebena: ")
        .contains("bench gemm 16", "no-such-python");
  }

  @Test
  void speaksToPeople() {
    var run = Run.of("bench", "gemm", 16, "--warmup", 0, "--run-seconds", 0).succeeds();
    assertThat(run.out()).hasLineCount(2).startsWith("bench").contains("gemm", "16", "GFLOP/s");
  }

  @Test
  void printsTables() {
    Object[] call = {"bench", "gemm", 16, 24, "--warmup", 0, "--run-seconds", 0};
    var markdown =
        Run.of(GenerateCommandTest.append(call, "--md")).succeeds().out().lines().toList();
    assertThat(markdown.get(0)).contains("JDK", "commit");
    assertThat(markdown.get(2)).startsWith("| bench | case | unit | median");
    assertThat(markdown.get(3)).matches("\\|(---\\|)+");
    assertThat(markdown.get(4)).startsWith("| gemm | 16 | GFLOP/s | ");
    assertThat(markdown).hasSize(6);

    var csv = Run.of(GenerateCommandTest.append(call, "--csv")).succeeds().out().lines().toList();
    assertThat(csv).hasSize(3);
    assertThat(csv.get(0)).startsWith("bench,case,device,dtype,unit,median,min,max,runs,peer,");
    assertThat(csv.get(2)).startsWith("gemm,24,cpu,f32,GFLOP/s,");
    assertThat(csv.get(2).split(",", -1)).hasSameSizeAs(csv.get(0).split(",", -1));
  }

  @Test
  void drawsUpToTheMeasuredPeak() throws Exception {
    var file = folder.resolve("gemm.svg");
    var out = folder.resolve("gemm.json");
    Object[] call = {"bench", "gemm", 16, 64, "--plot", file, "--out", out};
    Run.of(GenerateCommandTest.append(call, QUICK)).succeeds();
    var report = JsonMapper.builder().build().readTree(Files.readString(out));
    double peak = report.get("machine").get("peak_gflops").asDouble();
    assertThat(report.get("machine").get("stream_gbps").asDouble()).isPositive();
    var svg = Files.readString(file);
    assertThat(svg).contains("measured peak, %.0f".formatted(peak));
    var parser = DocumentBuilderFactory.newInstance();
    parser.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    assertThat(parser.newDocumentBuilder().parse(file.toFile()).getDocumentElement().getTagName())
        .isEqualTo("svg");
  }

  @Test
  void profiles() throws IOException {
    var trace = folder.resolve("trace.json");
    Object[] call = {"bench", "train", "char", "--trace", trace};
    var run = Run.of(GenerateCommandTest.append(call, QUICK));
    var json = run.json();
    assertThat(run.err()).contains("region", "operation", "share", "kernels took");
    var profile = json.get("profiles").get(0);
    assertThat(profile.get("case").asString()).isEqualTo("char");
    double share = 0;
    for (var row : profile.get("rows")) {
      share += row.get("share").asDouble();
    }
    assertThat(share).isBetween(0.999, 1.001);
    assertThat(profile.get("rows").findValuesAsString("region"))
        .contains("forward", "optimizer")
        .anyMatch(region -> region.startsWith("backward › "));
    var events = JsonMapper.builder().build().readTree(Files.readString(trace)).get("traceEvents");
    assertThat(events.size()).isGreaterThan(100);
    Run.of("bench", "gemm", 16, "--starts", 2, "--profile").isWrongUsage("--profile");
    Run.of("bench", "--profile").isWrongUsage("--profile");
  }

  @Test
  void refuses() {
    Run.of("bench", "knit").isWrongUsage("knit");
    Run.of("bench", "gemm", "round").isWrongUsage("'round'", "squares");
    Run.of("bench", "gemm", "3x0x4").isWrongUsage("3x0x4");
    Run.of("bench", "attention", 0).isWrongUsage("0 tokens");
    Run.of("bench", "decode", "huge").isWrongUsage("'huge'", "gpt2-124M");
    Run.of("bench", "tokenizer", "chop").isWrongUsage("'chop'", "encode");
    Run.of("bench", "tokenizer", "--megabytes", 0).isWrongUsage("--megabytes");
    Run.of("bench", "tokenizer", "--vocab-size", 9).isWrongUsage("--vocab-size", "257");
    Run.of("bench", "gemm", "--starts", 0).isWrongUsage("--starts");
    Run.of("bench", "gemm", "--md", "--csv").isWrongUsage("exclude");
    Run.of("bench", "attention", 16, "--vs", "djl").isWrongUsage("djl", "attention");
    Run.of("bench", "--vs", "abacus").isWrongUsage("abacus");
    Run.of("bench", "gemm", 0).isWrongUsage("size 0");
    Run.of("bench", "gemm", "--runs", 4).isWrongUsage("at least 5");
    Run.of("bench", "gemm", "--vs", "abacus").isWrongUsage("abacus", "pytorch");
    Run.of("bench", "gemm", 16, "--out", "/dev/null/r.json").isWrongUsage("--out", "/dev/null");
    Run.of("bench", "gemm", 16, "--plot", "/dev/null/r.svg").isWrongUsage("--plot", "/dev/null");
    Run.of("bench", "elementwise", "knit").isWrongUsage("'knit'", "softmax");
    Run.of("bench", "elementwise", "add", "--side", 100).isWrongUsage("100", "multiple of 512");
    Run.of("bench", "train", "huge").isWrongUsage("'huge'", "22.7M");
    Run.of("bench", "train", "char@2x65").isWrongUsage("char@2x65", "1 to 64");
    Run.of("bench", "gemm", 16, "--warmup", 0, "--vs", "pytorch", "--python", "no-such-python")
        .isFailure("no-such-python");
  }
}
