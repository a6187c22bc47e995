package dev.jebena.kernel.opencl;

import java.nio.file.Path;

/**
 * What can be chosen about a device; the standard comes from system properties.
 *
 * @param processor whether kernels are those for processors (explicit vectors, a work-item a task)
 *     instead of those for GPUs (local memory, many work-items); {@code jebena.opencl.kernels} is
 *     {@code cpu} or {@code gpu} where the driver's word on the device is not to be trusted
 * @param debug whether every launch is waited for and checked before the next; {@code
 *     jebena.opencl.debug}
 * @param cache the folder of compiled programs, or null for none; {@code jebena.opencl.cache}
 * @param hot elements from which on a kernel of its own is compiled for an operation and its types;
 *     smaller tensors share kernels that look both up as they run, since compiling takes a tenth of
 *     a second; {@code jebena.opencl.hot}
 * @param tf32 whether products of f32 may round what they multiply to ten bits of mantissa, where
 *     tensor cores then multiply it; {@code jebena.opencl.tf32}, off unless it is asked for
 */
record Settings(boolean processor, boolean debug, Path cache, long hot, boolean tf32) {
  private static final long STANDARD_HOT = 16384;

  static Settings standard(DeviceInfo info) {
    var kernels = System.getProperty("jebena.opencl.kernels", "");
    return new Settings(
        kernels.isEmpty() ? info.cpu() : kernels.equals("cpu"),
        Boolean.getBoolean("jebena.opencl.debug"),
        cacheFolder(),
        Long.getLong("jebena.opencl.hot", STANDARD_HOT),
        Boolean.getBoolean("jebena.opencl.tf32"));
  }

  /** Where the XDG base directory specification has caches; none for an empty property. */
  private static Path cacheFolder() {
    var chosen = System.getProperty("jebena.opencl.cache");
    if (chosen != null) {
      return chosen.isEmpty() ? null : Path.of(chosen);
    }
    var caches = System.getenv("XDG_CACHE_HOME");
    var folder =
        caches == null || caches.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(caches);
    return folder.resolve("jebena").resolve("opencl");
  }
}
