package dev.jebena.kernel.cpu;

import dev.jebena.kernel.fused.AttentionKernel;
import java.util.Map;

/** The fused kernels of the processor, all for f32. */
final class FusedKernels {
  private FusedKernels() {}

  /** Each kernel under the interface by which it is asked for. */
  static Map<Class<?>, Object> on(WorkerPool pool) {
    return Map.of(AttentionKernel.class, new CpuAttention(pool));
  }
}
