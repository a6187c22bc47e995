package dev.jebena.model;

import dev.jebena.kernel.Device;
import dev.jebena.tensor.Context;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads files under a device of choice. */
public final class ScopedIo {
  private ScopedIo() {}

  /** Something that reads files. */
  @FunctionalInterface
  public interface Reading<T> {
    T read() throws IOException;
  }

  public static <T> T on(Device device, Reading<T> reading) throws IOException {
    try {
      return Context.current()
          .withDevice(device)
          .call(() -> {
            try {
              return reading.read();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
