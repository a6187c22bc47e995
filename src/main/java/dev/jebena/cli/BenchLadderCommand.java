package dev.jebena.cli;

import dev.jebena.bench.BenchCase;
import dev.jebena.bench.LadderWorkload;
import dev.jebena.kernel.opencl.KernelLadder;
import dev.jebena.kernel.opencl.OpenClDevice;
import dev.jebena.tensor.Context;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jebena bench ladder}. */
@Command(
    name = "ladder",
    addMethodSubcommands = false,
    description = {
      "Products and softmax on an OpenCL device, from naive to fast: each step is held against the",
      "reference, then timed beside what the device itself uses. A step that gives wrong numbers",
      "is named and not timed, and the exit code is 1. The sources are in src/main/opencl/ladder."
    },
    footer = {"%nExample:", "  jebena bench ladder gemm --device opencl --plot ladder.svg"})
final class BenchLadderCommand implements Callable<Integer> {
  private static final List<String> SUBJECTS = List.of("gemm", "softmax");

  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Parameters(
      arity = "0..*",
      paramLabel = "SUBJECT",
      description = "gemm or softmax (default: both).")
  private List<String> subjects = SUBJECTS;

  @Option(
      names = "--side",
      paramLabel = "N",
      description =
          "Sides of matrices; softmax has 4 N rows of N (default: 512 on processors, else 2048).")
  private Integer side;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    for (var subject : subjects) {
      if (!SUBJECTS.contains(subject)) {
        throw common.wrongUsage(
            "no ladder is called '" + subject + "'; there are: " + String.join(", ", SUBJECTS));
      }
    }
    if (side != null && side < 1) {
      throw common.wrongUsage("--side " + side + ": sizes are at least 1");
    }
    device.orElse("opencl");
    var all = device.call(common, this::workloads);
    var right = device.call(common, () -> right(all, common.err()));
    if (!right.isEmpty()) {
      options.run(common, device, words(), right);
    }
    return right.size() == all.size() ? 0 : 1;
  }

  private List<LadderWorkload> workloads() {
    if (!(Context.current().device() instanceof OpenClDevice on)) {
      throw common.wrongUsage(
          "--device " + Context.current().device().name() + ": the ladder is for opencl devices");
    }
    return KernelLadder.steps().stream()
        .filter(step -> subjects.contains(step.subject()))
        .map(step ->
            new LadderWorkload(on, step, side == null ? LadderWorkload.standardSide(on) : side))
        .toList();
  }

  /** Those whose numbers are right; the others are named. */
  static List<BenchCase> right(List<LadderWorkload> workloads, PrintWriter err) {
    var cases = new ArrayList<BenchCase>();
    for (var workload : workloads) {
      var complaint = workload.complaint();
      if (complaint.isPresent()) {
        err.println("jebena: " + complaint.get() + "; it is not timed");
        err.flush();
      } else {
        cases.add(workload.toCase());
      }
    }
    return cases;
  }

  private List<String> words() {
    var words = new ArrayList<>(List.of("ladder"));
    words.addAll(subjects);
    if (side != null) {
      words.addAll(List.of("--side", side.toString()));
    }
    return words;
  }
}
