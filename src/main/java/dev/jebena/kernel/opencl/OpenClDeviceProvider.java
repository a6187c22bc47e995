package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.DeviceProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Offers {@link OpenClDevice}: {@code opencl} is the first GPU, or the first device where there is
 * none; {@code opencl:N} the one with that number in {@code jebena info}.
 */
public final class OpenClDeviceProvider implements DeviceProvider {
  private final Map<Integer, Device> opened = new HashMap<>();

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public Device device() {
    var devices = Discovery.devices();
    return open(devices.stream().filter(DeviceInfo::gpu).findFirst().orElse(devices.getFirst()));
  }

  @Override
  public Device device(String which) {
    var devices = Discovery.devices();
    return open(
        devices.stream()
            .filter(info -> Integer.toString(info.index()).equals(which))
            .findFirst()
            .orElseThrow(() ->
                new DeviceException(
                    "there is no device 'opencl:" + which + "'; there are: " + names(devices))));
  }

  private static String names(List<DeviceInfo> devices) {
    return devices.stream()
        .map(info -> "opencl:" + info.index() + " (" + info.name() + ")")
        .collect(Collectors.joining(", "));
  }

  /** One object a device, whichever name it was asked for by. */
  private synchronized Device open(DeviceInfo info) {
    return opened.computeIfAbsent(
        info.index(), index -> OpenClDevice.open(info, Settings.standard(info)));
  }
}
