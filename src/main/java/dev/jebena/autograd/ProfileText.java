package dev.jebena.autograd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** A profile for people. */
final class ProfileText {
  private static final String ROW = "%-34s %-28s %8s %10s %6s  %s%n";

  private ProfileText() {}

  static String of(List<Profiler.Row> rows, double elapsed) {
    var text = new StringBuilder();
    line(text, "region", "operation", "calls", "ms", "share", "rate");
    double kernels = 0;
    var regions = new LinkedHashMap<String, Double>();
    for (var row : rows) {
      line(
          text,
          row.region(),
          row.operation(),
          String.format(Locale.ROOT, "%,d", row.calls()),
          number(row.milliseconds()),
          percent(row.share()),
          row.gflops() > 0
              ? number(row.gflops()) + " GFLOP/s"
              : row.gbps() > 0 ? number(row.gbps()) + " GB/s" : "");
      kernels += row.milliseconds();
      regions.merge(row.region().split(" › ")[0], row.milliseconds(), Double::sum);
    }
    for (var region : regions.entrySet()) {
      double share = region.getValue() / Math.max(kernels, 1e-9);
      line(text, region.getKey(), "(all)", "", number(region.getValue()), percent(share), "");
    }
    text.append(
        String.format(
            Locale.ROOT,
            "kernels took %s of %s ms (%s); the rest is between them%n",
            number(kernels),
            number(elapsed),
            percent(kernels / Math.max(elapsed, 1e-9))));
    return text.toString();
  }

  private static void line(StringBuilder text, String... cells) {
    text.append(String.format(Locale.ROOT, ROW, (Object[]) cells).replaceAll(" +(?=\\R)", ""));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
