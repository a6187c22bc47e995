package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Primitives;
import java.util.HashMap;
import java.util.Map;

/** The kernels of {@code dev.jebena.kernel.fused} that this device has: one line each. */
final class FusedKernels {
  private FusedKernels() {}

  static Map<Class<?>, Object> of(Engine engine, Primitives primitives) {
    var kernels = new HashMap<Class<?>, Object>();
    return Map.copyOf(kernels);
  }
}
