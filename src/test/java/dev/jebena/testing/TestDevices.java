package dev.jebena.testing;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.DeviceException;
import dev.jebena.tensor.Devices;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Devices that not every machine has. */
public final class TestDevices {
  private TestDevices() {}

  /** Why the machine lacks a device, also said on stderr; empty where it has it. */
  public static Optional<String> whyMissing(String name) {
    try {
      Devices.get(name);
      return Optional.empty();
    } catch (DeviceException e) {
      System.err.println("SKIPPED: tests on " + name + ": " + e.getMessage());
      return Optional.of(e.getMessage());
    }
  }

  /** The OpenCL device; without one the test is skipped, and says so. */
  public static Device opencl() {
    whyMissing("opencl").ifPresent(Assumptions::abort);
    return Devices.get("opencl");
  }
}
