package dev.jebena.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  private static final Map<String, Object> MACHINE =
      Map.of("cpu", "abacus", "threads", 2, "peak_gflops", 171.5, "stream_gbps", 12.25);

  @TempDir Path folder;

  private static BenchResult result(
      String bench, String workload, String unit, List<Double> ours, List<Double> theirs) {
    return new BenchResult(
        bench,
        workload,
        "cpu",
        "f32",
        unit,
        List.of(new Rates(ours)),
        theirs == null ? null : "rival 1.0",
        theirs == null ? List.of() : List.of(new Rates(theirs)),
        Map.of("peak_rss_bytes", ours.getFirst()),
        theirs == null ? Map.of() : Map.of("peak_rss_bytes", theirs.getFirst()));
  }

  private static BenchResult gemm(List<Double> ours, List<Double> theirs) {
    return result("gemm", "64", "GFLOP/s", ours, theirs);
  }

  @Test
  void startsOfTheSameWorkAreJoined() {
    var slow = gemm(List.of(10.0, 11.0, 12.0), List.of(20.0, 20.0, 20.0));
    var other = result("gemm", "128", "GFLOP/s", List.of(5.0), List.of(1.0));
    var fast = gemm(List.of(30.0, 31.0, 32.0), List.of(22.0, 22.0, 22.0));
    var merged = Report.merged(List.of(slow, other, fast));
    assertThat(merged).extracting(BenchResult::workload).containsExactly("64", "128");
    var values = merged.getFirst().toMap();
    assertThat(values)
        .containsEntry("median", 21.0)
        .containsEntry("min", 10.0)
        .containsEntry("max", 32.0)
        .containsEntry("runs", 6)
        .containsEntry("peer_median", 21.0)
        .containsEntry("ratio", 1.0)
        .containsEntry("starts", List.of(11.0, 31.0))
        .containsEntry("peer_starts", List.of(20.0, 22.0))
        // the larger of both starts
        .containsEntry("peak_rss_bytes", 30.0)
        .containsEntry("peer_peak_rss_bytes", 22.0)
        .containsEntry("peak_rss_ratio", 30.0 / 22);
  }

  @Test
  void whatIsPrintedCanBeReadBack() {
    var results = List.of(gemm(List.of(10.0, 11.0), List.of(20.0, 21.0)), gemm(List.of(7.0), null));
    var json = JsonMapper.builder().build();
    var printed = json.writeValueAsString(new Report(MACHINE, results).toMap());
    assertThat(Report.resultsOf(json.readTree(printed))).isEqualTo(results);
  }

  @Test
  void tablesSayEverything() {
    var report =
        new Report(
            MACHINE, List.of(gemm(List.of(10.0), List.of(8.0)), gemm(List.of(2000.0), null)));
    assertThat(ReportTable.text(report))
        .contains("rival 1.0", "1.25", "2000", "peak resident memory");
    assertThat(ReportTable.markdown(report).lines().filter(line -> line.startsWith("| gemm")))
        .hasSize(2);
    assertThat(ReportTable.csv(report)).contains("\ngemm,64,cpu,f32,GFLOP/s,10.0,10.0,10.0,1,");
  }

  @Test
  void csvQuotesWhatWouldCutAField() {
    var odd = result("tokenizer", "encode, \"fast\"", "MB/s", List.of(1.0), null);
    assertThat(ReportTable.csv(new Report(MACHINE, List.of(odd))))
        .contains("\ntokenizer,\"encode, \"\"fast\"\"\",cpu");
  }

  @Test
  void theAxisEndsAtThePeakOfTheMachine() {
    var flops = ReportChart.chart(List.of(gemm(List.of(10.0), List.of(60.0))), MACHINE);
    assertThat(flops.getStyler().getYAxisMax()).isEqualTo(171.5);
    assertThat(flops.getStyler().getYAxisMin()).isZero();
    assertThat(flops.getTitle())
        .isEqualTo("gemm on abacus; the axis ends at the measured peak, 172");
    assertThat(flops.getYAxisTitle()).isEqualTo("GFLOP/s");
    assertThat(flops.getSeries("jebena")).isNotNull();
    assertThat(flops.getSeries("rival 1.0")).isNotNull();

    var stream = result("elementwise", "add", "GB/s", List.of(10.0), null);
    assertThat(ReportChart.chart(List.of(stream), MACHINE).getStyler().getYAxisMax())
        .isEqualTo(12.25);
  }

  @Test
  void whereNoPeakIsKnownOrItIsPassedTheAxisEndsAboveTheBars() {
    var tokens = result("train", "char", "tokens/s", List.of(100.0), List.of(200.0));
    var chart = ReportChart.chart(List.of(tokens), MACHINE);
    assertThat(chart.getStyler().getYAxisMax()).isEqualTo(210.0);
    assertThat(chart.getTitle()).isEqualTo("train on abacus");
    var cached = result("elementwise", "add", "GB/s", List.of(100.0), null);
    assertThat(ReportChart.chart(List.of(cached), MACHINE).getTitle()).doesNotContain("peak");
  }

  @Test
  void eachKindHasAPicture() throws Exception {
    var add = result("elementwise", "add", "GB/s", List.of(10.0), null);
    var file = folder.resolve("bench.svg");
    var both = new Report(MACHINE, List.of(gemm(List.of(10.0), null), add));
    assertThat(ReportChart.write(file, both))
        .containsExactly(folder.resolve("bench-gemm.svg"), folder.resolve("bench-elementwise.svg"))
        .allMatch(Files::isRegularFile);
    assertThat(ReportChart.write(file, new Report(MACHINE, List.of(add)))).containsExactly(file);
    assertThat(Files.readString(file)).contains("<svg", "elementwise on abacus");
  }
}
