package dev.jebena.cli;

import dev.jebena.bench.Machine;
import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.cpu.MachinePeak;
import dev.jebena.kernel.opencl.OpenClDevices;
import dev.jebena.memory.DType;
import dev.jebena.nn.OperationTable;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena info}: what runs here, how fast, and whether it is healthy. */
@Command(
    name = "info",
    addMethodSubcommands = false,
    description = "The machine, what Jebena makes of it, and whether that is well.",
    footer = {"%nExamples:", "  jebena info", "  jebena info --operations --json"})
final class InfoCommand implements Callable<Integer> {
  /** The part of the peak that matrix products reach once they are compiled. */
  private static final double USUAL = 0.4;

  @Mixin private CommonOptions common;

  @Option(names = "--operations", description = "The table of all tensor operations.")
  private boolean operations;

  @Override
  public Integer call() {
    if (operations && !common.json()) {
      printOperations(OperationTable.all());
      return 0;
    }
    var machine = Machine.here();
    var complaint = KernelHealth.complaint(machine);
    if (complaint.isPresent()) {
      print(machine, Figures.NONE);
    } else {
      var figures = measure(machine.threads());
      print(machine, figures);
      complaint = KernelHealth.complaint(figures.health);
    }
    complaint.ifPresent(this::fail);
    return complaint.isPresent() ? 1 : 0;
  }

  private void fail(String complaint) {
    common.err().println("jebena: SLOW: " + complaint);
    common.err().flush();
  }

  private record Figures(double peak, double gemm, double stream, MachinePeak.Health health) {
    static final Figures NONE = new Figures(Double.NaN, Double.NaN, Double.NaN, null);
  }

  private static Figures measure(int threads) {
    var health = MachinePeak.health();
    double peak = MachinePeak.fmaGflops(threads);
    double gemm = 0;
    // kernels that are not compiled would take minutes
    for (int i = 0;
        health.healthy() && i < 3 && gemm < USUAL * peak;
        i++) { // the compiler may be late
      gemm = Math.max(gemm, MachinePeak.gemmGflops(threads));
    }
    return new Figures(
        peak, health.healthy() ? gemm : Double.NaN, MachinePeak.streamGbps(threads), health);
  }

  private void print(Machine machine, Figures figures) {
    if (common.json()) {
      var values = new LinkedHashMap<String, Object>();
      values.put("version", Version.number());
      values.put("jdk", machine.jdk());
      values.put("java_home", machine.javaHome());
      values.put("os", machine.os());
      values.put("cpu", machine.cpu());
      values.put("threads", machine.threads());
      values.put("provider", machine.provider());
      values.put("vector_bits", machine.vectorBits());
      values.put("fma", machine.fma());
      values.put("machine_code", false);
      values.put("peak_gflops", figures.peak);
      values.put("gemm_gflops", figures.gemm);
      values.put("stream_gbps", figures.stream);
      values.put("opencl", OpenClDevices.list().stream().map(InfoCommand::describe).toList());
      values.put("healthy", figures.health != null && figures.health.healthy());
      if (operations) {
        values.put("operations", OperationTable.all().stream().map(this::describe).toList());
      }
      common.printJson(values);
      return;
    }
    line("Jebena", Version.number());
    line("JDK", machine.jdk() + " in " + machine.javaHome());
    line("system", machine.os());
    line("processor", machine.cpu() + ", " + machine.threads() + " threads");
    line(
        "vectors",
        machine.vectorBits() + " bits" + (machine.fma() ? ", fused multiply-add" : ", no FMA"));
    var missing = OpenClDevices.missing();
    line(
        "devices",
        Devices.names().stream()
            .filter(name -> missing.isEmpty() || !name.equals("opencl"))
            .collect(Collectors.joining(", ")));
    missing.ifPresent(why -> line("no opencl", why.replaceFirst("^opencl: ", "")));
    for (var device : OpenClDevices.list()) {
      line(
          device.name(),
          "%s, %s (%s), driver %s, %d compute units, %.1f GiB%s"
              .formatted(
                  device.device(),
                  device.kind(),
                  device.platform(),
                  device.driver(),
                  device.computeUnits(),
                  device.memoryBytes() / (double) (1L << 30),
                  device.f64() ? "" : ", no f64"));
      for (var probed : OpenClDevices.probe(device.name())) {
        line("  " + probed.instruction(), probed.works() ? "tried, works" : "off: " + probed.why());
      }
    }
    if (figures.health == null) {
      line("FALLBACK", KernelHealth.complaint(machine).orElseThrow());
      return;
    }
    line("peak", number("%.0f GFLOP/s in registers (f32)", figures.peak));
    if (figures.health.healthy()) {
      line("matrix product", number("%.0f GFLOP/s (f32, size 1024)", figures.gemm));
    }
    line("memory", number("%.1f GB/s (copying 128 MiB)", figures.stream));
    line("health", (figures.health.healthy() ? "" : "SLOW: ") + figures.health.message());
  }

  private void printOperations(List<Operation> table) {
    row("name", "gradient", "samples", "dtypes");
    for (var operation : table) {
      row(
          operation.name(),
          operation.differentiable() ? "yes" : "no",
          Integer.toString(operation.samples().size()),
          String.join(" ", dtypes(operation)));
    }
    common.out().println(table.size() + " operations, on: " + String.join(", ", Devices.names()));
  }

  private Map<String, Object> describe(Operation operation) {
    var values = new LinkedHashMap<String, Object>();
    values.put("name", operation.name());
    values.put("dtypes", dtypes(operation));
    values.put("differentiable", operation.differentiable());
    values.put("devices", devices(operation));
    values.put("samples", operation.samples().size());
    return values;
  }

  /** The devices of this machine that take every type of the row. */
  private static List<String> devices(Operation operation) {
    return Devices.names().stream()
        .filter(name -> dtypesOn(name).containsAll(operation.dtypes()))
        .collect(Collectors.toList());
  }

  /** None on a device that this machine lacks. */
  private static Set<DType> dtypesOn(String device) {
    try {
      return Devices.get(device).dtypes();
    } catch (DeviceException e) {
      return Set.of();
    }
  }

  private static Map<String, Object> describe(OpenClDevices.Listed device) {
    var values = new LinkedHashMap<String, Object>();
    values.put("name", device.name());
    values.put("kind", device.kind());
    values.put("device", device.device());
    values.put("platform", device.platform());
    values.put("driver", device.driver());
    values.put("compute_units", device.computeUnits());
    values.put("memory_bytes", device.memoryBytes());
    values.put("f64", device.f64());
    var probes = new LinkedHashMap<String, Object>();
    for (var probed : OpenClDevices.probe(device.name())) {
      probes.put(probed.instruction(), probed.works());
    }
    values.put("instructions", probes);
    return values;
  }

  private static List<String> dtypes(Operation operation) {
    return operation.dtypes().stream()
        .sorted()
        .map(DType::name)
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toList());
  }

  private void row(String name, String gradient, String samples, String dtypes) {
    common.out().println("%-28s %-9s %7s  %s".formatted(name, gradient, samples, dtypes));
  }

  private void line(String label, String value) {
    common.out().println("%-15s %s".formatted(label, value));
    common.out().flush();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
