package dev.jebena.kernel.cpu;

import static java.util.Map.entry;

import dev.jebena.kernel.fused.ActivationKernel;
import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.ColumnSoftmaxKernel;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.DropoutKernel;
import dev.jebena.kernel.fused.LayerNormKernel;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.kernel.fused.LinearKernel;
import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.kernel.fused.RowFoldKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.kernel.fused.SquaresKernel;
import dev.jebena.memory.HostAllocator;
import java.util.Map;

/** The fused kernels of the processor, all for f32. */
final class FusedKernels {
  private FusedKernels() {}

  /** Each kernel under the interface by which it is asked for. */
  static Map<Class<?>, Object> on(WorkerPool pool, HostAllocator allocator) {
    return Map.ofEntries(
        entry(SoftmaxKernel.class, new CpuSoftmax(pool)),
        entry(ColumnSoftmaxKernel.class, new CpuColumnSoftmax(pool)),
        entry(RowFoldKernel.class, new CpuRowFolds(pool)),
        entry(LayerNormKernel.class, new CpuLayerNorm(pool)),
        entry(LinearKernel.class, new CpuLinear(pool)),
        entry(RmsNormKernel.class, new CpuRmsNorm(pool)),
        entry(RopeKernel.class, new CpuRope(pool)),
        entry(ActivationKernel.class, new CpuActivations(pool)),
        entry(AttentionKernel.class, new CpuAttention(pool)),
        entry(CrossEntropyKernel.class, new CpuCrossEntropy(pool)),
        entry(LinearCrossEntropyKernel.class, new CpuLinearCrossEntropy(pool, allocator)),
        entry(DropoutKernel.class, new CpuDropout(pool)),
        entry(SquaresKernel.class, new CpuSquares(pool)),
        entry(AdamWKernel.class, new CpuAdamW(pool)));
  }
}
