package dev.jebena.kernel;

/**
 * A device that is not there or failed; names the device and, where there is one, kernel and sizes.
 */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeviceException(String message) {
    super(message);
  }

  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
