package dev.jebena.cli;

import dev.jebena.autograd.Profiler;
import dev.jebena.bench.BenchCase;
import dev.jebena.bench.BenchResult;
import dev.jebena.bench.Contender;
import dev.jebena.bench.FreshJvms;
import dev.jebena.bench.Machine;
import dev.jebena.bench.Protocol;
import dev.jebena.bench.Report;
import dev.jebena.bench.ReportChart;
import dev.jebena.bench.ReportTable;
import dev.jebena.io.AtomicFiles;
import dev.jebena.kernel.cpu.MachinePeak;
import dev.jebena.tensor.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What all benchmarks take: how to time, beside whom, and where results go. */
final class BenchOptions {
  /** Repetitions that a profile watches at most. */
  private static final int MOST_PROFILED = 50;

  private static final List<String> PEERS = List.of("pytorch", "djl", "tiktoken", "huggingface");

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Timed runs, at least 5 (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      description = "Work before, to warm up (default: 1 to 10, as the work needs it).")
  private Double warmup;

  @Option(
      names = "--run-seconds",
      paramLabel = "SECONDS",
      defaultValue = "0.3",
      description = "What a run lasts at least (default: ${DEFAULT-VALUE}).")
  private double runSeconds;

  @Option(
      names = "--starts",
      paramLabel = "N",
      description =
          "JVMs to start one after the other, whose results are put together (default: 1, for the"
              + " standard set 2).")
  private Integer starts;

  @Option(
      names = "--vs",
      paramLabel = "PEER",
      description =
          "Measure a peer in the same rounds: pytorch; for gemm also djl; for tokenizer tiktoken or"
              + " huggingface.")
  private String peer;

  @Option(
      names = "--python",
      paramLabel = "PATH",
      defaultValue = "python3",
      description = "The Python that has the peer (default: ${DEFAULT-VALUE}).")
  private String python;

  @Option(names = "--md", description = "Print a Markdown table.")
  private boolean markdown;

  @Option(names = "--csv", description = "Print comma-separated values.")
  private boolean csv;

  @Option(names = "--out", paramLabel = "FILE.json", description = "Write the report as well.")
  private Path out;

  @Option(
      names = "--plot",
      paramLabel = "FILE.svg",
      description = "Draw medians; the axis ends at the measured peak of the machine.")
  private Path plot;

  @Option(
      names = "--profile",
      description =
          "After each measurement, print the time of each operation and write a trace for"
              + " chrome://tracing.")
  private boolean profile;

  @Option(
      names = "--trace",
      paramLabel = "FILE.json",
      description = "--profile, with its trace in this file (default: trace.json).")
  private Path trace;

  /** Refuses what cannot be done, before anything is. */
  void check(CommonOptions common) {
    if (peer != null && !PEERS.contains(peer)) {
      throw common.wrongUsage(
          "--vs " + peer + ": the peers there are: " + String.join(", ", PEERS));
    }
    if (starts != null && starts < 1) {
      throw common.wrongUsage("--starts " + starts + ": at least one is needed");
    }
    if ((common.json() ? 1 : 0) + (markdown ? 1 : 0) + (csv ? 1 : 0) > 1) {
      throw common.wrongUsage("--json, --md and --csv exclude each other");
    }
    try {
      protocol(0);
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
    requireFolder(common, "--out", out);
    requireFolder(common, "--plot", plot);
    if (trace == null) {
      trace = Path.of("trace.json");
    } else {
      profile = true;
    }
    requireFolder(common, "--trace", profile ? trace : null);
  }

  /** Makes the folder of a file that will be written, so that minutes of timing are not lost. */
  private static void requireFolder(CommonOptions common, String option, Path file) {
    if (file == null) {
      return;
    }
    var folder = file.toAbsolutePath().getParent();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw common.wrongUsage(option + " " + file + ": cannot make its folder " + folder);
    }
    if (!Files.isWritable(folder) || Files.isDirectory(file)) {
      throw common.wrongUsage(option + " " + file + ": cannot be written");
    }
  }

  private Protocol protocol(double warmupSeconds) {
    return new Protocol(runs, warmup == null ? warmupSeconds : warmup, runSeconds);
  }

  /**
   * Measures cases, here or in JVMs of their own, and reports.
   *
   * @param words that make a JVM of its own measure the same, after {@code bench}
   */
  void run(CommonOptions common, DeviceOption device, List<String> words, List<BenchCase> cases)
      throws IOException {
    if (peer != null && cases.stream().allMatch(one -> one.peer(peer).isEmpty())) {
      throw common.wrongUsage("--vs " + peer + ": this peer has no part in " + words.getFirst());
    }
    if (starts != null && starts > 1) {
      runFresh(common, device, List.of(words), starts);
      return;
    }
    device.call(
        common,
        () -> {
          var results = measure(common, cases);
          report(common, results, profile ? profiles(common, cases) : null);
          return null;
        });
  }

  /** Measures commands in JVMs of their own and reports. */
  void runFresh(
      CommonOptions common, DeviceOption device, List<List<String>> commands, int standardStarts)
      throws IOException {
    requireNoProfile(common);
    var full = new ArrayList<List<String>>();
    for (var command : commands) {
      var words = new ArrayList<>(command);
      words.addAll(device.words());
      words.addAll(this.words());
      full.add(words);
    }
    try (var line = new ProgressLine(common.err())) {
      var children = new FreshJvms("dev.jebena.cli.Main", line::message);
      report(common, children.measure(full, starts == null ? standardStarts : starts), null);
    }
  }

  private void requireNoProfile(CommonOptions common) {
    if (profile) {
      throw common.wrongUsage(
          "--profile looks at one workload in one JVM, such as bench train 22.7M --profile");
    }
  }

  /** What a JVM of its own needs to know. */
  private List<String> words() {
    var words = new ArrayList<String>();
    words.addAll(List.of("--runs", "" + runs, "--run-seconds", "" + runSeconds));
    if (warmup != null) {
      words.addAll(List.of("--warmup", warmup.toString()));
    }
    if (peer != null) {
      words.addAll(List.of("--vs", peer, "--python", python));
    }
    return words;
  }

  private List<BenchResult> measure(CommonOptions common, List<BenchCase> cases) {
    var results = new ArrayList<BenchResult>();
    try (var line = new ProgressLine(common.err())) {
      KernelHealth.complaint().ifPresent(text -> line.message("WARNING: " + text));
      for (var one : cases) {
        results.add(measure(one, line));
      }
    }
    return results;
  }

  /**
   * Where the time of a case goes: some repetitions more, after the ones that counted and on
   * tensors of their own, so that the profile slows nothing that is reported.
   */
  private Profiler profile(BenchCase one) {
    var profiler = new Profiler(Context.current().device());
    profiler.run(() -> {
      try (var ours = one.ours().get()) {
        double fastest = protocol(one.warmupSeconds()).warmUp(ours);
        profiler.clear();
        ours.run((int) Math.clamp(runSeconds / fastest, 1, MOST_PROFILED));
      }
    });
    return profiler;
  }

  private List<Map<String, Object>> profiles(CommonOptions common, List<BenchCase> cases)
      throws IOException {
    var profiles = new ArrayList<Map<String, Object>>();
    for (var one : cases) {
      var profiler = profile(one);
      var file = cases.size() == 1 ? trace : numbered(trace, profiles.size());
      profiler.writeTrace(file);
      common.err().println(one.bench() + " " + one.name() + ", profiled:");
      common.err().print(profiler.table());
      common.err().println("trace: " + file);
      common.err().flush();
      var values = new LinkedHashMap<String, Object>();
      values.put("bench", one.bench());
      values.put("case", one.name());
      values.put("trace", file.toString());
      values.put("milliseconds", profiler.elapsedMilliseconds());
      values.put("rows", profiler.rows());
      profiles.add(values);
    }
    return profiles;
  }

  private static Path numbered(Path file, int number) {
    var name = file.getFileName().toString();
    return file.resolveSibling(name.replaceFirst("(\\.json)?$", "-" + number + ".json"));
  }

  private BenchResult measure(BenchCase one, ProgressLine line) {
    try (var theirs = opponent(one);
        var ours = one.ours().get()) {
      var timed =
          protocol(one.warmupSeconds())
              .time(
                  one.work(),
                  ours,
                  theirs,
                  text -> line.update(one.bench() + " " + one.name() + ": " + text));
      return new BenchResult(
          one.bench(),
          one.name(),
          Context.current().device().name(),
          "f32",
          one.unit(),
          List.of(timed.ours()),
          theirs == null ? null : theirs.name(),
          theirs == null ? List.of() : List.of(timed.peers()),
          ours.facts(),
          theirs == null || ours.facts().isEmpty() ? Map.of() : theirs.facts());
    }
  }

  private Contender opponent(BenchCase one) {
    if (peer != null) {
      return one.peer(peer).map(with -> with.start(home(), python)).orElse(null);
    }
    return one.yardstick() == null ? null : one.yardstick().get();
  }

  private static Path home() {
    return Path.of(System.getProperty("jebena.home", ""));
  }

  private void report(
      CommonOptions common, List<BenchResult> results, List<Map<String, Object>> profiles)
      throws IOException {
    var report = new Report(machine(), results);
    var values = new LinkedHashMap<>(report.toMap());
    if (profiles != null) {
      values.put("profiles", profiles);
    }
    print(common, report, values);
    // What was measured stands on the screen before anything can go wrong with a file.
    if (out != null) {
      AtomicFiles.writeString(out, Json.object(values) + "\n");
    }
    if (plot != null) {
      for (var file : ReportChart.write(plot, report)) {
        common.err().println("wrote " + file);
      }
      common.err().flush();
    }
  }

  private void print(CommonOptions common, Report report, Map<String, Object> values) {
    if (common.json()) {
      common.printJson(values);
      return;
    }
    common
        .out()
        .print(
            markdown
                ? ReportTable.markdown(report)
                : csv ? ReportTable.csv(report) : ReportTable.text(report));
    common.out().flush();
  }

  private Map<String, Object> machine() {
    var here = Machine.here();
    var machine = new LinkedHashMap<>(here.toMap());
    machine.put("version", Version.number());
    machine.put("commit", Machine.commit(home()));
    machine.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    if (plot != null || out != null) {
      machine.put("peak_gflops", MachinePeak.fmaGflops(here.threads()));
      machine.put("stream_gbps", MachinePeak.streamGbps(here.threads()));
    }
    return machine;
  }
}
