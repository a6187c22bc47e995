package dev.jebena.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process as Linux counts it; 0 on systems that do not tell. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /** Bytes that are resident now. */
  public static long residentBytes() {
    return field(STATUS, "VmRSS:");
  }

  /** The most that were ever resident. */
  public static long peakResidentBytes() {
    return field(STATUS, "VmHWM:");
  }

  static long field(Path status, String name) {
    try {
      for (var line : Files.readAllLines(status)) {
        if (line.startsWith(name)) {
          return 1024 * Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 0; // another system, or one that writes it otherwise
    }
    return 0;
  }
}
