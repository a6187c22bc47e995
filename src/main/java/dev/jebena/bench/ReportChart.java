package dev.jebena.bench;

import dev.jebena.io.AtomicFiles;
import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler;

/**
 * A report as pictures, one for each kind of workload: a bar for each median. The axis ends at what
 * the machine can do at most where that was measured, so that a bar shows how near it comes.
 */
public final class ReportChart {
  private static final Color OURS = new Color(0xA5551A);
  private static final Color PEER = new Color(0x8FA3B8);
  private static final int HEIGHT = 460;
  private static final int BAR = 46;

  private ReportChart() {}

  /**
   * Writes {@code file}, or where there are several kinds of workloads a file for each, with the
   * kind before the ending.
   *
   * @return the files
   */
  public static List<Path> write(Path file, Report report) throws IOException {
    System.setProperty("java.awt.headless", "true");
    var kinds = new LinkedHashMap<String, List<BenchResult>>();
    for (var result : report.results()) {
      kinds.computeIfAbsent(result.bench(), kind -> new ArrayList<>()).add(result);
    }
    var files = new ArrayList<Path>();
    for (var kind : kinds.entrySet()) {
      var name = file.getFileName().toString();
      var target =
          kinds.size() == 1
              ? file
              : file.resolveSibling(name.replaceFirst("(\\.svg)?$", "-" + kind.getKey() + ".svg"));
      AtomicFiles.writeString(target, svg(chart(kind.getValue(), report.machine())));
      files.add(target);
    }
    return files;
  }

  /** Letters become outlines, so what the picture shows stands in it as its title once more. */
  private static String svg(CategoryChart chart) throws IOException {
    var svg = new String(ChartEncoder.getBytes(chart, "svg"), StandardCharsets.UTF_8);
    int begin = svg.indexOf('>', svg.indexOf("<svg")) + 1;
    var title = chart.getTitle() + ": " + chart.getYAxisTitle();
    return svg.substring(0, begin)
        + "\n  <title>"
        + escaped(title)
        + "</title>"
        + svg.substring(begin);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Results of one kind and unit. */
  static CategoryChart chart(List<BenchResult> results, Map<String, Object> machine) {
    var first = results.getFirst();
    double peak = peak(first.unit(), machine);
    double highest = 0;
    for (var result : results) {
      highest = Math.max(highest, result.rates().median());
      if (result.peerRates() != null) {
        highest = Math.max(highest, result.peerRates().median());
      }
    }
    boolean known = peak >= highest; // caches make small work faster than memory
    double end = known ? peak : highest * 1.05;
    var title = first.bench() + " on " + machine.get("cpu");
    var note =
        known ? String.format(Locale.ROOT, "; the axis ends at the measured peak, %.0f", end) : "";
    boolean turned = results.size() > 3 && results.stream().anyMatch(ReportChart::isLong);
    var chart =
        new CategoryChartBuilder()
            .width(Math.max(760, 160 + 2 * BAR * results.size()))
            .height(turned ? HEIGHT + 60 : HEIGHT)
            .title(title + note)
            .yAxisTitle(first.unit())
            .build();
    var names = results.stream().map(BenchResult::workload).toList();
    chart.addSeries(
        "jebena", names, results.stream().map(result -> result.rates().median()).toList());
    var peer = results.stream().filter(result -> result.peer() != null).findFirst();
    peer.ifPresent(with ->
        chart.addSeries(
            with.peer(),
            names,
            results.stream()
                .map(result -> result.peerRates() == null ? 0 : result.peerRates().median())
                .toList()));
    style(chart, end, turned);
    return chart;
  }

  private static void style(CategoryChart chart, double end, boolean turned) {
    var styler = chart.getStyler();
    styler.setYAxisMin(0.0);
    styler.setYAxisMax(end);
    styler.setPlotContentSize(1.0); // no margin: the axis ends where it says
    styler.setYAxisDecimalPattern(end < 10 ? "0.0" : "#,##0");
    styler.setSeriesColors(new Color[] {OURS, PEER});
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setAvailableSpaceFill(0.8);
    if (turned) {
      styler.setXAxisLabelRotation(45);
    }
  }

  /** Whether its name is too long to stand beside others. */
  private static boolean isLong(BenchResult result) {
    return result.workload().length() > 8;
  }

  /** What the machine can do at most in a unit, or NaN. */
  private static double peak(String unit, Map<String, Object> machine) {
    var key =
        switch (unit) {
          case "GFLOP/s" -> "peak_gflops";
          case "GB/s" -> "stream_gbps";
          default -> "";
        };
    return machine.get(key) instanceof Double value ? value : Double.NaN;
  }
}
