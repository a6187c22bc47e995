package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Primitives;
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
import dev.jebena.kernel.fused.SamplingKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.kernel.fused.SquaresKernel;
import java.util.HashMap;
import java.util.Map;

/** The kernels of {@code dev.jebena.kernel.fused} that this device has: one line each. */
final class FusedKernels {
  private FusedKernels() {}

  static Map<Class<?>, Object> of(Engine engine, Primitives primitives) {
    var norms = new RowNorms(engine, primitives);
    var activations = new Activations(engine);
    var crossEntropy = new ClCrossEntropy(engine);
    var kernels = new HashMap<Class<?>, Object>();
    kernels.put(SoftmaxKernel.class, new RowSoftmax(engine));
    kernels.put(ColumnSoftmaxKernel.class, new ClColumnSoftmax(engine));
    kernels.put(DropoutKernel.class, new ClDropout(engine));
    kernels.put(RowFoldKernel.class, new RowFolds(engine));
    kernels.put(RmsNormKernel.class, new ClRmsNorm(norms));
    kernels.put(LayerNormKernel.class, new ClLayerNorm(norms));
    kernels.put(ActivationKernel.class, activations);
    kernels.put(LinearKernel.class, new ClLinear(engine, primitives, activations));
    kernels.put(AttentionKernel.class, new ClAttention(engine));
    kernels.put(RopeKernel.class, new ClRope(engine));
    kernels.put(CrossEntropyKernel.class, crossEntropy);
    kernels.put(
        LinearCrossEntropyKernel.class, new ClLinearCrossEntropy(engine, primitives, crossEntropy));
    kernels.put(AdamWKernel.class, new ClAdamW(engine));
    kernels.put(SamplingKernel.class, new ClSampling(engine));
    kernels.put(SquaresKernel.class, new ClSquares(engine, primitives));
    return Map.copyOf(kernels);
  }
}
