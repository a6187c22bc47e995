package dev.jebena.kernel.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Locale;

/**
 * The library of a system through which OpenCL drivers are found. The binding prints lines of its
 * own where there is none, so that it is looked for before the binding is touched.
 */
final class LoaderLibrary {
  private LoaderLibrary() {}

  /** The names that the binding tries. */
  static List<String> names() {
    var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (system.contains("mac")) {
      return List.of("/System/Library/Frameworks/OpenCL.framework/Versions/Current/OpenCL");
    }
    return system.contains("win")
        ? List.of("OpenCL.dll")
        : List.of("libOpenCL.so.1", "libOpenCL.so");
  }

  /** Whether one of so many names can be loaded. */
  static boolean isThere(List<String> names) {
    return names.stream().anyMatch(LoaderLibrary::loads);
  }

  @SuppressWarnings("restricted") // the binding loads the same library in its own way
  private static boolean loads(String name) {
    try (var arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup(name, arena);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
