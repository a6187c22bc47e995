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
}
