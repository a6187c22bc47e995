package dev.jebena.kernel.cpu;

import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.ColumnSoftmaxKernel;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.kernel.fused.RowFoldKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.kernel.fused.SwiGluKernel;
import dev.jebena.memory.HostAllocator;
import java.util.Map;

/** The fused kernels of the processor, all for f32. */
final class FusedKernels {
  private FusedKernels() {}

  /** Each kernel under the interface by which it is asked for. */
  static Map<Class<?>, Object> on(WorkerPool pool, HostAllocator allocator) {
    return Map.of(
        SoftmaxKernel.class, new CpuSoftmax(pool),
        ColumnSoftmaxKernel.class, new CpuColumnSoftmax(pool),
        RowFoldKernel.class, new CpuRowFolds(pool),
        RmsNormKernel.class, new CpuRmsNorm(pool),
        RopeKernel.class, new CpuRope(pool),
        SwiGluKernel.class, new CpuSwiGlu(pool),
        AttentionKernel.class, new CpuAttention(pool),
        CrossEntropyKernel.class, new CpuCrossEntropy(pool),
        LinearCrossEntropyKernel.class, new CpuLinearCrossEntropy(pool, allocator),
        AdamWKernel.class, new CpuAdamW(pool));
  }
}
