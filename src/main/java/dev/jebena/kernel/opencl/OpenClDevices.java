package dev.jebena.kernel.opencl;

import dev.jebena.kernel.DeviceException;
import java.util.List;
import java.util.Optional;

/** The OpenCL devices of this machine, for people: what stands behind {@code --device opencl:N}. */
public final class OpenClDevices {
  private OpenClDevices() {}

  /**
   * A device in a few words.
   *
   * @param name by which it is asked for, such as {@code opencl:0}
   * @param kind {@code cpu}, {@code gpu} or {@code accelerator}
   */
  public record Listed(
      String name,
      String kind,
      String device,
      String platform,
      String driver,
      int computeUnits,
      long memoryBytes,
      boolean f64) {}

  /** All devices; none where there is no library or no driver. */
  public static List<Listed> list() {
    try {
      return Discovery.devices().stream().map(OpenClDevices::listed).toList();
    } catch (DeviceException e) {
      return List.of(); // a machine without OpenCL is an ordinary machine
    }
  }

  /** Why {@link #list} is empty, in a line; empty where it is not. */
  public static Optional<String> missing() {
    try {
      Discovery.devices();
      return Optional.empty();
    } catch (DeviceException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * What a device does beyond what OpenCL promises.
   *
   * @param instruction such as {@code mma.sync bf16}, which tensor cores run
   * @param works whether a kernel with it was compiled, ran, and gave the right numbers
   * @param why not; empty where it works
   */
  public record Probed(String instruction, boolean works, String why) {}

  /** Opens a device of {@link #list} and tries; takes a tenth of a second. */
  public static List<Probed> probe(String name) {
    int index = Integer.parseInt(name.substring(name.indexOf(':') + 1));
    var info = Discovery.devices().get(index);
    try (var device = OpenClDevice.open(info, Settings.standard(info))) {
      return device.probe().stream()
          .map(a -> new Probed(a.instruction().label(), a.works(), a.why()))
          .toList();
    } catch (DeviceException e) {
      return List.of(); // the device is listed, and whoever uses it is told what is wrong
    }
  }

  private static Listed listed(DeviceInfo info) {
    return new Listed(
        "opencl:" + info.index(),
        info.cpu() ? "cpu" : info.gpu() ? "gpu" : "accelerator",
        info.name(),
        info.platformName(),
        info.driver(),
        info.computeUnits(),
        info.memory(),
        info.doubles());
  }
}
