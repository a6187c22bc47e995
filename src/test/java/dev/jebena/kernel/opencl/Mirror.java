package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.Arena;

/** Operands of the host beside their twins on a device: all bytes of the buffer, gaps as well. */
final class Mirror {
  private final Device device;

  Mirror(Device device) {
    this.device = device;
  }

  Operand toDevice(Operand host) {
    if (host == null) {
      return null;
    }
    var segment = ((HostBuffer) host.buffer()).segment();
    var buffer = device.allocate(segment.byteSize());
    device.upload(segment, buffer, 0);
    return new Operand(buffer, host.dtype(), host.layout());
  }

  /** The device's bytes in a host operand of the same layout. */
  Operand toHost(Operand onDevice) {
    var segment = Arena.ofAuto().allocate(onDevice.buffer().byteSize(), 64);
    device.download(onDevice.buffer(), 0, segment);
    return new Operand(HostBuffer.wrap(segment), onDevice.dtype(), onDevice.layout());
  }

  /** Throws where a result is not within a tolerance of the expected one, relative above 1. */
  static void compare(String what, Operand actual, Operand expected, double tolerance) {
    double[] e = Samples.values(expected);
    double[] a = Samples.values(actual);
    for (int i = 0; i < e.length; i++) {
      if (e[i] != a[i]
          && !(Double.isNaN(e[i]) && Double.isNaN(a[i]))
          && !(Math.abs(e[i] - a[i]) <= tolerance * (1 + Math.abs(e[i])))) {
        throw new AssertionError(
            what + ", " + actual + ": element " + i + " is " + a[i] + ", expected " + e[i]);
      }
    }
  }
}
