package dev.jebena.kernel.reference;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.DeviceProvider;

/** Offers the {@link ReferenceDevice}, which every machine has. */
public final class ReferenceDeviceProvider implements DeviceProvider {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Device device() {
    return new ReferenceDevice();
  }
}
