package dev.jebena.kernel.opencl;

import dev.jebena.kernel.DeviceException;
import java.util.List;

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
