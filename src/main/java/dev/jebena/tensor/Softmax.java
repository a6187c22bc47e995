package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.fused.ColumnSoftmaxKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.memory.DType;
import java.lang.ref.Reference;

/** Softmax and its logarithm: one kernel where the device has it, otherwise primitives. */
final class Softmax {
  private Softmax() {}

  static Tensor softmin(Tensor x, int axis) {
    Dispatch.requireFloat("softmin", x);
    return softmax(x.neg(), x.shape().axis("softmin", axis));
  }

  static Tensor softmax(Tensor x, int axis) {
    Dispatch.requireFloat("softmax", x);
    int a = x.shape().axis("softmax", axis);
    var out = forward(x.detach(), a, false);
    return Tape.record(
        "softmax",
        out,
        g -> {
          var kernel = Context.current().recordsGradients() ? null : kernel(out, a);
          return gradients(
              kernel != null
                  ? backward(kernel, out, g, false)
                  : out.mul(g.sub(g.mul(out).sum(a, true))));
        },
        x);
  }

  static Tensor logSoftmax(Tensor x, int axis) {
    Dispatch.requireFloat("logSoftmax", x);
    int a = x.shape().axis("logSoftmax", axis);
    var out = forward(x.detach(), a, true);
    return Tape.record(
        "logSoftmax",
        out,
        g -> {
          var kernel = Context.current().recordsGradients() ? null : kernel(out, a);
          return gradients(
              kernel != null
                  ? backward(kernel, out, g, true)
                  : g.sub(out.exp().mul(g.sum(a, true))));
        },
        x);
  }

  private static SoftmaxKernel kernel(Tensor x, int axis) {
    boolean takes = x.dtype() == DType.F32 && axis == x.rank() - 1 && x.elements() > 0;
    return takes ? x.device().fused(SoftmaxKernel.class).orElse(null) : null;
  }

  private static ColumnSoftmaxKernel columnKernel(Tensor x, int axis) {
    boolean takes = x.dtype() == DType.F32 && axis < x.rank() - 1 && x.elements() > 0;
    return takes ? x.device().fused(ColumnSoftmaxKernel.class).orElse(null) : null;
  }

  private static Tensor columns(ColumnSoftmaxKernel kernel, Tensor x, int axis, boolean log) {
    long inner = 1;
    for (int i = axis + 1; i < x.rank(); i++) {
      inner *= x.size(i);
    }
    var in = x.contiguous();
    var out = Dispatch.empty(x.device(), x.dtype(), x.shape());
    // [outer, D, inner]
    long[] three = {x.elements() / x.size(axis) / inner, x.size(axis), inner};
    kernel.forward(in.view(three).operand(), log, out.view(three).operand());
    Reference.reachabilityFence(in);
    Reference.reachabilityFence(out);
    return out;
  }

  private static Tensor forward(Tensor x, int axis, boolean log) {
    var kernel = kernel(x, axis);
    if (kernel == null) {
      var columns = columnKernel(x, axis);
      if (columns != null) {
        return columns(columns, x, axis, log);
      }
      // a row of −inf must not make −inf − (−inf)
      var top = Dispatch.reduce(ReduceOp.MAX, x, new int[] {axis});
      var shifted = x.sub(top.maskedFill(top.isFinite().not(), 0));
      var exp = shifted.exp();
      return log ? shifted.sub(exp.sum(axis, true).log()) : exp.div(exp.sum(axis, true));
    }
    var in = x.layout().stride(-1) == 1 || x.size(-1) == 1 ? x : x.contiguous();
    var out = Dispatch.empty(x.device(), x.dtype(), x.shape());
    kernel.forward(in.operand(), log, out.operand());
    Reference.reachabilityFence(in);
    Reference.reachabilityFence(out);
    return out;
  }

  private static Tensor backward(SoftmaxKernel kernel, Tensor y, Tensor g, boolean log) {
    var gy = g.contiguous();
    var gx = Dispatch.empty(y.device(), y.dtype(), y.shape());
    kernel.backward(y.operand(), gy.operand(), log, gx.operand());
    Reference.reachabilityFence(y);
    Reference.reachabilityFence(gy);
    Reference.reachabilityFence(gx);
    return gx;
  }
}
