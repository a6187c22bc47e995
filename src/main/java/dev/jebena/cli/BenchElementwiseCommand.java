package dev.jebena.cli;

import dev.jebena.bench.BenchCase;
import dev.jebena.bench.ElementwiseWorkload;
import dev.jebena.kernel.cpu.CpuDevice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jebena bench elementwise}. */
@Command(
    name = "elementwise",
    addMethodSubcommands = false,
    description =
        "Operations that memory bounds, in f32; without a peer beside a plain streaming loop with"
            + " the same mix of reads and writes.",
    footer = {"%nExample:", "  jebena bench elementwise add exp softmax --warmup 2"})
final class BenchElementwiseCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;
  @Mixin private BenchOptions options;

  @Parameters(
      arity = "0..*",
      paramLabel = "OPERATION",
      description = "Which (default: all that are timed).")
  private List<String> names = ElementwiseWorkload.names();

  @Option(
      names = "--side",
      paramLabel = "N",
      defaultValue = "" + ElementwiseWorkload.SIDE,
      description = "Rows and columns of the matrices (default: ${DEFAULT-VALUE}).")
  private int side;

  @Override
  public Integer call() throws IOException {
    options.check(common);
    int threads = CpuDevice.standardThreads();
    List<BenchCase> cases;
    try {
      cases =
          names.stream().map(name -> new ElementwiseWorkload(name, side).toCase(threads)).toList();
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
    var words = new ArrayList<>(List.of("elementwise", "--side", "" + side));
    words.addAll(names);
    options.run(common, device, words, cases);
    return 0;
  }
}
