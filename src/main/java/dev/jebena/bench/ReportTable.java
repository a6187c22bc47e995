package dev.jebena.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A report as rows: for people, as Markdown, as CSV. */
public final class ReportTable {
  private static final List<String> COLUMNS =
      List.of(
          "bench",
          "case",
          "unit",
          "median",
          "min",
          "max",
          "runs",
          "starts",
          "peer",
          "peer median",
          "ratio");

  private ReportTable() {}

  /** Columns under each other, for a terminal. */
  public static String text(Report report) {
    var rows = new ArrayList<List<String>>();
    rows.add(COLUMNS);
    report.results().forEach(result -> rows.add(cells(result)));
    var widths = new int[COLUMNS.size()];
    for (var row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    var text = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        boolean left = i < 3 || i == 7 || i == 8; // words, not numbers
        line.append((left ? "%-" : "%").concat(widths[i] + "s  ").formatted(row.get(i)));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    for (var result : report.results()) {
      memory(result)
          .ifPresent(
              words -> text.append(result.bench() + " " + result.workload() + ": " + words + "\n"));
    }
    return text.toString();
  }

  /** A table for a page, with the machine above it. */
  public static String markdown(Report report) {
    var text = new StringBuilder();
    var machine = report.machine();
    text.append(
        "%s, %s threads, %s-bit vectors; JDK %s; commit %s; %s%n%n"
            .formatted(
                machine.get("cpu"),
                machine.get("threads"),
                machine.get("vector_bits"),
                machine.get("jdk"),
                machine.get("commit"),
                machine.get("time")));
    text.append("| " + String.join(" | ", COLUMNS) + " |\n");
    text.append(COLUMNS.stream().map(column -> "---").collect(Collectors.joining("|", "|", "|\n")));
    for (var result : report.results()) {
      text.append("| " + String.join(" | ", cells(result)) + " |\n");
    }
    for (var result : report.results()) {
      memory(result)
          .ifPresent(words ->
              text.append("\n" + result.bench() + " " + result.workload() + ": " + words + "\n"));
    }
    return text.toString();
  }

  /** Values separated by commas, numbers in full; the names of columns are the keys of JSON. */
  public static String csv(Report report) {
    var keys = new ArrayList<String>();
    for (var result : report.results()) {
      for (var key : result.toMap().keySet()) {
        if (!keys.contains(key) && !key.endsWith("values")) {
          keys.add(key);
        }
      }
    }
    var text = new StringBuilder(String.join(",", keys)).append('\n');
    for (var result : report.results()) {
      var values = result.toMap();
      text.append(keys.stream().map(key -> field(values.get(key))).collect(Collectors.joining(",")))
          .append('\n');
    }
    return text.toString();
  }

  private static String field(Object value) {
    if (value == null) {
      return "";
    }
    var text =
        value instanceof List<?> list
            ? list.stream().map(Object::toString).collect(Collectors.joining(" "))
            : value.toString();
    return text.matches("[^,\"\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static List<String> cells(BenchResult result) {
    var rates = result.rates();
    var peer = result.peerRates();
    return List.of(
        result.bench(),
        result.workload(),
        result.unit(),
        number(rates.median()),
        number(rates.min()),
        number(rates.max()),
        Integer.toString(rates.values().size()),
        result.starts().stream()
            .map(start -> number(start.median()))
            .collect(Collectors.joining(" ")),
        peer == null ? "" : result.peer(),
        peer == null ? "" : number(peer.median()),
        peer == null ? "" : String.format(Locale.ROOT, "%.2f", result.ratio()));
  }

  /** Four figures are what a timing is good for. */
  private static String number(double value) {
    int decimals = value >= 1000 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static Optional<String> memory(BenchResult result) {
    var words = new ArrayList<String>();
    var facts = result.facts();
    var peak = facts.get("peak_rss_bytes");
    if (peak != null) {
      var theirs = result.peerFacts().get("peak_rss_bytes");
      words.add(
          "peak resident memory "
              + gigabytes(peak)
              + (theirs == null || theirs == 0
                  ? ""
                  : ", peer "
                      + gigabytes(theirs)
                      + String.format(Locale.ROOT, ", ratio %.2f", peak / theirs)));
    }
    if (facts.containsKey("system_allocations_per_step")) {
      words.add(
          String.format(
              Locale.ROOT,
              "steady state: %.2f off-heap allocations from the system and %,.0f bytes on the heap"
                  + " a step",
              facts.get("system_allocations_per_step"),
              facts.get("heap_bytes_per_step")));
    }
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", words));
  }

  private static String gigabytes(double bytes) {
    return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }
}
