package dev.jebena.cli;

import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a command computes. */
final class DeviceOption {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = {
        "Where to compute (default: cpu). opencl is the first GPU;",
        "opencl:N the device of that number in info."
      })
  private String name;

  /** What a command computes on that makes no sense on the standard device. */
  void orElse(String standard) {
    if (name == null) {
      name = standard;
    }
  }

  /** The option again, for another process. */
  List<String> words() {
    return name == null ? List.of() : List.of("--device", name);
  }

  /** Work that may read files. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does the work with new tensors on the device. */
  <T> T call(CommonOptions common, Work<T> work) throws IOException {
    if (name == null) {
      return work.run();
    }
    if (!Devices.isKnown(name)) {
      throw common.wrongUsage(
          "no device is called '" + name + "'; there are: " + String.join(", ", Devices.names()));
    }
    try {
      return Context.current()
          .withDevice(Devices.get(name))
          .call(() -> {
            try {
              return work.run();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
