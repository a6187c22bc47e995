package dev.jebena.kernel;

/** Makes devices; found through {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
  /** The name by which users ask for it: {@code cpu}, {@code reference}. */
  String name();

  /**
   * The device.
   *
   * @throws DeviceException where the machine has none, saying why
   */
  Device device();

  /**
   * One of several devices.
   *
   * @param which what stands behind the colon of a name such as {@code opencl:1}
   * @throws DeviceException where there is none, naming those that there are
   */
  default Device device(String which) {
    throw new DeviceException(
        "there is one device '" + name() + "' and none '" + name() + ':' + which + "'");
  }
}
