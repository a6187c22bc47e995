package dev.jebena.cli;

import dev.jebena.kernel.opencl.OpenClDevice;
import dev.jebena.kernel.opencl.Tuner;
import dev.jebena.tensor.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena tune}. */
@Command(
    name = "tune",
    addMethodSubcommands = false,
    description = {
      "Times ways to cut matrix products on an OpenCL device and keeps the fastest in a table,",
      "which every start reads. Results stay the same bits. Ctrl-C leaves the table as it was."
    },
    footer = {"%nExample:", "  jebena tune --device opencl"})
final class TuneCommand implements Callable<Integer> {
  private static final int STOPPED = 130;

  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;

  @Option(
      names = "--sides",
      paramLabel = "N",
      split = ",",
      description =
          "Sides of square products to time (default: 256,1024 on processors, else up to 2048).")
  private List<Integer> sides;

  @Override
  public Integer call() throws IOException {
    if (sides != null && (sides.isEmpty() || sides.stream().anyMatch(n -> n < 16 || n > 16384))) {
      throw common.wrongUsage("--sides " + sides + ": sides are from 16 to 16384");
    }
    device.orElse("opencl");
    Tuner.Outcome outcome;
    try (var interrupt = new Interrupt();
        var line = new ProgressLine(common.err())) {
      outcome =
          device.call(
              common, () -> tuner().tune(chosenSides(), interrupt::requested, line::update));
    }
    if (outcome == null) {
      common.err().println("jebena: stopped; the table stays as it was");
      return STOPPED;
    }
    if (common.json()) {
      common.printJson(json(outcome));
    } else {
      print(outcome);
    }
    return 0;
  }

  private Tuner tuner() {
    if (Context.current().device() instanceof OpenClDevice on) {
      return on.tuner();
    }
    throw common.wrongUsage(
        "--device " + Context.current().device().name() + ": only opencl devices are tuned");
  }

  private List<Integer> chosenSides() {
    return sides == null ? tuner().standardSides() : sides;
  }

  private Map<String, Object> json(Tuner.Outcome outcome) {
    var values = new LinkedHashMap<String, Object>();
    values.put("device", outcome.device());
    values.put("form", outcome.form());
    values.put("before", json(outcome.before()));
    values.put("chosen", json(outcome.chosen()));
    values.put("ratio", outcome.chosen().gflops() / outcome.before().gflops());
    values.put("candidates", outcome.candidates().stream().map(TuneCommand::json).toList());
    values.put("table", outcome.table() == null ? null : outcome.table().toString());
    return values;
  }

  private static Map<String, Object> json(Tuner.Candidate candidate) {
    var values = new LinkedHashMap<String, Object>(candidate.parameters());
    values.put("gflops", candidate.gflops());
    return values;
  }

  private void print(Tuner.Outcome outcome) {
    common.out().println(outcome.device() + ", kernels for a " + outcome.form());
    for (var candidate : outcome.candidates()) {
      common
          .out()
          .println(
              "%8s GFLOP/s  %s%s"
                  .formatted(
                      String.format(Locale.ROOT, "%.1f", candidate.gflops()),
                      words(candidate),
                      candidate == outcome.chosen()
                          ? "  ◄ chosen"
                          : candidate == outcome.before() ? "  (before)" : ""));
    }
    common
        .out()
        .println(
            outcome.table() == null
                ? "nothing is kept on disk (jebena.opencl.cache is empty)"
                : "kept in " + outcome.table());
    common.out().flush();
  }

  private static String words(Tuner.Candidate candidate) {
    return candidate.parameters().entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
