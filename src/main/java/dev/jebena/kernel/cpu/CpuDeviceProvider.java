package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.DeviceProvider;

/** Offers {@link CpuDevice} under the name {@code cpu}. */
public final class CpuDeviceProvider implements DeviceProvider {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Device device() {
    return CpuDevice.withThreads(CpuDevice.standardThreads());
  }
}
