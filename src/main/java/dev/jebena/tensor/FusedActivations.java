package dev.jebena.tensor;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.fused.ActivationKernel;
import dev.jebena.memory.DType;
import java.lang.ref.Reference;
import java.util.function.Supplier;

/**
 * Activation functions and their gradients in one pass where the device has the kernel and the
 * tensors are f32; otherwise what they are composed of, which can be differentiated again.
 */
final class FusedActivations {
  private FusedActivations() {}

  private static ActivationKernel kernel(Tensor x) {
    boolean takes = x.dtype() == DType.F32 && x.elements() > 0;
    return takes ? x.device().fused(ActivationKernel.class).orElse(null) : null;
  }

  /** f(x), outside of the graph. */
  static Tensor value(Activation f, Tensor x, Supplier<Tensor> composed) {
    var kernel = kernel(x);
    if (kernel == null) {
      return composed.get();
    }
    var in = x.contiguous();
    var out = Dispatch.empty(x.device(), x.dtype(), x.shape());
    kernel.forward(f, in.operand(), out.operand());
    Reference.reachabilityFence(in);
    Reference.reachabilityFence(out);
    return out;
  }

  /** {@code g · f′(x)}; composed where that is itself recorded. */
  static Tensor gradient(Activation f, Tensor x, Tensor g, Supplier<Tensor> composed) {
    var kernel = Context.current().recordsGradients() ? null : kernel(x);
    if (kernel == null || g.dtype() != DType.F32) {
      return composed.get();
    }
    var in = x.contiguous();
    var gy = g.contiguous();
    var gx = Dispatch.empty(x.device(), x.dtype(), x.shape());
    kernel.backward(f, in.operand(), gy.operand(), gx.operand());
    Reference.reachabilityFence(in);
    Reference.reachabilityFence(gy);
    Reference.reachabilityFence(gx);
    return gx;
  }
}
