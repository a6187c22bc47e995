package dev.jebena.bench;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.kernel.cpu.Lanes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where numbers were measured.
 *
 * @param jdk version of the running one
 * @param javaHome its folder
 * @param os name, version and architecture
 * @param cpu the processor's name
 * @param threads that kernels use
 * @param provider how vector code runs: {@code vector}, or {@code scalar} where the just-in-time
 *     compiler cannot make machine vectors of it
 * @param vectorBits width of vectors
 * @param fma whether the JVM uses hardware fused multiply-add
 * @param flags given to the JVM
 */
public record Machine(
    String jdk,
    String javaHome,
    String os,
    String cpu,
    int threads,
    String provider,
    int vectorBits,
    boolean fma,
    List<String> flags) {

  /** This machine and JVM. */
  public static Machine here() {
    boolean fma = !"false".equals(vmOption("UseFMA"));
    return new Machine(
        Runtime.version().toString(),
        System.getProperty("java.home"),
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        cpuName(),
        CpuDevice.standardThreads(),
        fma && optimisingCompiler() ? "vector" : "scalar",
        Lanes.bits(),
        fma,
        ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  /** Whether the compiler that turns vector code into machine vectors is there and enabled. */
  private static boolean optimisingCompiler() {
    var level = vmOption("TieredStopAtLevel");
    boolean limited = level != null && Integer.parseInt(level) < 4;
    boolean interpreted =
        System.getProperty("java.vm.info", "").toLowerCase(Locale.ROOT).contains("interpreted");
    return !limited && !interpreted;
  }

  /** The value of a HotSpot flag; null on a JVM that has no such flag. */
  private static String vmOption(String name) {
    try {
      return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .getVMOption(name)
          .getValue();
    } catch (IllegalArgumentException | NullPointerException e) {
      return null; // another JVM, or another processor
    }
  }

  private static String cpuName() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return firstLine(Path.of(""), "sysctl", "-n", "machdep.cpu.brand_string")
          .orElse(System.getProperty("os.arch"));
    }
  }

  /**
   * The commit of a source tree, with {@code -dirty} where files were changed; null where there is
   * none or no git.
   */
  public static String commit(Path sources) {
    return firstLine(
            sources, "git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
        .orElse(null);
  }

  private static java.util.Optional<String> firstLine(Path folder, String... command) {
    try {
      var process =
          new ProcessBuilder(command)
              .directory(folder.toAbsolutePath().toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var text = new String(process.getInputStream().readAllBytes()).strip();
      boolean good = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
      return good && !text.isEmpty()
          ? java.util.Optional.of(text.lines().findFirst().orElseThrow())
          : java.util.Optional.empty();
    } catch (IOException e) {
      return java.util.Optional.empty(); // no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return java.util.Optional.empty();
    }
  }

  /** For a report. */
  public Map<String, Object> toMap() {
    var values = new LinkedHashMap<String, Object>();
    values.put("jdk", jdk);
    values.put("os", os);
    values.put("cpu", cpu);
    values.put("threads", threads);
    values.put("provider", provider);
    values.put("vector_bits", vectorBits);
    values.put("fma", fma);
    values.put("flags", flags);
    return values;
  }
}
