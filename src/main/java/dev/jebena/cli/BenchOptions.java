package dev.jebena.cli;

import dev.jebena.bench.BenchResult;
import dev.jebena.bench.Contender;
import dev.jebena.bench.Machine;
import dev.jebena.bench.Protocol;
import dev.jebena.bench.PythonPeer;
import dev.jebena.io.AtomicFiles;
import dev.jebena.kernel.cpu.MachinePeak;
import dev.jebena.tensor.Context;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** What all benchmarks take: how to time, beside whom, and where results go. */
final class BenchOptions {
  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Timed runs, at least 5 (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Work before, to warm up (default: ${DEFAULT-VALUE}).")
  private double warmup;

  @Option(
      names = "--run-seconds",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "What a run lasts at least (default: ${DEFAULT-VALUE}).")
  private double runSeconds;

  @Option(
      names = "--vs",
      paramLabel = "PEER",
      description = "Measure a peer in the same rounds: pytorch.")
  private String peer;

  @Option(
      names = "--python",
      paramLabel = "PATH",
      defaultValue = "python3",
      description = "The Python that has the peer (default: ${DEFAULT-VALUE}).")
  private String python;

  @Option(names = "--out", paramLabel = "FILE.json", description = "Write the report as well.")
  private Path out;

  /**
   * One thing to measure.
   *
   * @param yardstick what it is held against where no peer is asked for; null for nothing
   * @param script of the peer, in the folder benchmarks/pytorch
   */
  record Case(
      String bench,
      String name,
      String unit,
      double work,
      Supplier<Contender> ours,
      Supplier<Contender> yardstick,
      String script,
      List<String> arguments) {}

  void check(CommonOptions common) {
    if (peer != null && !peer.equals("pytorch")) {
      throw common.wrongUsage("--vs " + peer + ": the peer there is, is pytorch");
    }
    try {
      protocol();
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
  }

  private Protocol protocol() {
    return new Protocol(runs, warmup, runSeconds);
  }

  /** Measures one case after the other and reports. */
  void run(CommonOptions common, List<Case> cases) throws IOException {
    var results = new java.util.ArrayList<BenchResult>();
    try (var line = new ProgressLine(common.err())) {
      var health = MachinePeak.health();
      if (!health.healthy()) {
        line.message("WARNING: " + health.message());
      }
      for (var one : cases) {
        var result = measure(one, line);
        results.add(result);
        line.clear();
        if (!common.json()) {
          common.out().println(text(result));
          common.out().flush();
        }
      }
    }
    var report = report(results);
    if (out != null) {
      AtomicFiles.writeString(out, Json.object(report) + "\n");
    }
    if (common.json()) {
      common.printJson(report);
    }
  }

  private BenchResult measure(Case one, ProgressLine line) {
    try (var ours = one.ours.get();
        var theirs = opponent(one)) {
      var timed =
          protocol()
              .time(
                  one.work,
                  ours,
                  theirs,
                  text -> line.update(one.bench + " " + one.name + ": " + text));
      return new BenchResult(
          one.bench,
          one.name,
          Context.current().device().name(),
          "f32",
          one.unit,
          timed.ours(),
          theirs == null ? null : theirs.name(),
          timed.peers());
    }
  }

  private Contender opponent(Case one) {
    if (peer != null) {
      var home = Path.of(System.getProperty("jebena.home", ""));
      var script = home.resolve("benchmarks").resolve("pytorch").resolve(one.script);
      return PythonPeer.start(python, script, one.arguments);
    }
    return one.yardstick == null ? null : one.yardstick.get();
  }

  private static Map<String, Object> report(List<BenchResult> results) {
    var machine = new LinkedHashMap<>(Machine.here().toMap());
    machine.put("version", Version.number());
    machine.put("commit", Machine.commit(Path.of(System.getProperty("jebena.home", ""))));
    machine.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    var report = new LinkedHashMap<String, Object>();
    report.put("machine", machine);
    report.put("results", results.stream().map(BenchResult::toMap).toList());
    return report;
  }

  private static String text(BenchResult result) {
    var ours = result.rates();
    var text =
        String.format(
            Locale.ROOT,
            "%-11s %-14s %8.1f %s (%.1f to %.1f, %d runs)",
            result.bench(),
            result.workload(),
            ours.median(),
            result.unit(),
            ours.min(),
            ours.max(),
            ours.values().size());
    if (result.peer() == null) {
      return text;
    }
    return text
        + String.format(
            Locale.ROOT,
            "; %s %.1f (%.1f to %.1f); ratio %.2f",
            result.peer(),
            result.peerRates().median(),
            result.peerRates().min(),
            result.peerRates().max(),
            result.ratio());
  }
}
