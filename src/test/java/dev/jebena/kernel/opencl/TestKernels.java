package dev.jebena.kernel.opencl;

import dev.jebena.kernel.DeviceException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Devices of their own for tests of kernels. */
public final class TestKernels {
  private TestKernels() {}

  /** The first device; without one the test is skipped, and says so. */
  static DeviceInfo anyDevice() {
    try {
      return Discovery.devices().getFirst();
    } catch (DeviceException e) {
      System.err.println("SKIPPED: OpenCL kernels: " + e.getMessage());
      return Assumptions.abort(e.getMessage());
    }
  }

  /** With kernels for processors and with those for GPUs, both as for large tensors. */
  static List<OpenClDevice> bothForms() {
    return List.of(open(true, 1), open(false, 1));
  }

  /** With kernels for GPUs, which run on any device; small tensors share kernels as ever. */
  public static OpenClDevice gpuForm() {
    return open(false, 16384);
  }

  /** A device that is told to be one without f64. */
  static OpenClDevice withoutDoubles(boolean processor) {
    var i = anyDevice();
    var without =
        new DeviceInfo(
            i.index(),
            i.platform(),
            i.id(),
            i.platformName(),
            i.name(),
            i.vendor(),
            i.driver(),
            i.version(),
            i.cpu(),
            i.gpu(),
            false,
            i.halves(),
            i.exactDivision(),
            i.computeUnits(),
            i.memory(),
            i.largestBuffer(),
            i.localMemory(),
            i.largestGroup());
    var standard = Settings.standard(i);
    return OpenClDevice.open(
        without, new Settings(processor, true, standard.cache(), 1 << 20, false));
  }

  static OpenClDevice open(boolean processor, long hot) {
    var info = anyDevice();
    var standard = Settings.standard(info);
    return OpenClDevice.open(info, new Settings(processor, true, standard.cache(), hot, false));
  }
}
