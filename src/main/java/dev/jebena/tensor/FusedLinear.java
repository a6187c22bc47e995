package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.fused.LinearKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * {@code f(x · weightᵀ + bias) + residual} of a matrix: one operation where the device has the
 * kernel and everything is f32, otherwise a product and what follows it.
 */
final class FusedLinear {
  private final LinearKernel kernel;
  private final Tensor x;
  private final Tensor weight;
  private final Tensor bias;
  private final Activation f;
  private final Tensor residual;

  private FusedLinear(
      LinearKernel kernel, Tensor x, Tensor weight, Tensor bias, Activation f, Tensor residual) {
    this.kernel = kernel;
    this.x = x;
    this.weight = weight;
    this.bias = bias;
    this.f = f;
    this.residual = residual;
  }

  /**
   * @param x {@code [M, K]}
   * @param weight {@code [N, K]}
   * @param bias {@code [N]} or null
   * @param residual of M·N elements, or null
   */
  static Tensor of(Tensor x, Tensor weight, Tensor bias, Activation f, Tensor residual) {
    var rest = residual == null ? null : residual.reshape(x.size(0), weight.size(0));
    boolean plain = bias == null && f == Activation.IDENTITY && residual == null;
    var kernel = plain ? null : kernel(x, weight, bias, rest);
    if (kernel == null) {
      var y = product(x, weight);
      y = (bias == null ? y : y.add(bias)).activate(f);
      return rest == null ? y : y.add(rest);
    }
    return new FusedLinear(kernel, x, weight, contiguous(bias), f, contiguous(rest)).run();
  }

  private static LinearKernel kernel(Tensor... operands) {
    for (var operand : operands) {
      if (operand != null && (operand.dtype() != DType.F32 || operand.elements() == 0)) {
        return null;
      }
    }
    return operands[0].device().fused(LinearKernel.class).orElse(null);
  }

  private static Tensor contiguous(Tensor x) {
    return x == null ? null : x.contiguous();
  }

  private static Tensor product(Tensor x, Tensor weight) {
    return Tape.record(
        "linear",
        Tape.computed(
            "linear",
            () ->
                gradients(
                    Dispatch.matmul(
                        x, weight.detach().transpose(), Shape.of(x.size(0), weight.size(0)))))[0],
        g ->
            gradients(
                x.requiresGrad() ? g.matmul(weight) : null,
                weight.requiresGrad() ? g.transpose().matmul(x) : null),
        x,
        weight);
  }

  private Tensor run() {
    boolean bent = f != Activation.IDENTITY;
    boolean keeps = bent && Tape.isNeeded(inputs());
    var made = Tape.computed("linear", () -> forward(keeps));
    var before = keeps ? made[1] : null;
    return Tape.record(
        "linear", made[0], g -> bent ? bentRule(g, before) : straightRule(g), inputs());
  }

  private Tensor[] inputs() {
    return present(x, weight, bias, residual);
  }

  private static Tensor[] present(Tensor... tensors) {
    return Stream.of(tensors).filter(Objects::nonNull).toArray(Tensor[]::new);
  }

  private Tensor[] forward(boolean keeps) {
    var shape = Shape.of(x.size(0), weight.size(0));
    var before = keeps ? Dispatch.empty(x.device(), x.dtype(), shape) : null;
    var out = Dispatch.empty(x.device(), x.dtype(), shape);
    kernel.forward(
        x.operand(),
        weight.operand(),
        bias == null ? null : bias.operand(),
        f,
        residual == null ? null : residual.operand(),
        before == null ? null : before.operand(),
        out.operand());
    for (var input : inputs()) {
      Reference.reachabilityFence(input);
    }
    return present(out, before);
  }

  /** Without an activation the gradient of the product is that of the result. */
  private Tensor[] straightRule(Tensor g) {
    return all(g, bias == null || !bias.requiresGrad() ? null : g.sum(new int[] {0}, false), g);
  }

  private Tensor[] bentRule(Tensor g, Tensor before) {
    if (Context.current().recordsGradients()) {
      throw new IllegalStateException(
          "backward of linear: second derivatives are not available through its fused kernel; use"
              + " f64 tensors, which are composed of differentiable operations");
    }
    var gy = g.contiguous();
    var gz = Dispatch.empty(g.device(), g.dtype(), g.shape());
    var gBias =
        bias == null || !bias.requiresGrad()
            ? null
            : Dispatch.empty(g.device(), g.dtype(), bias.shape());
    kernel.backward(
        f, before.operand(), gy.operand(), gz.operand(), gBias == null ? null : gBias.operand());
    Reference.reachabilityFence(before);
    Reference.reachabilityFence(gy);
    return all(gz, gBias, g);
  }

  /** The gradients of those inputs that there are. */
  private Tensor[] all(Tensor gz, Tensor gBias, Tensor gResidual) {
    int count = inputs().length;
    var gradients = new Tensor[count];
    gradients[0] = x.requiresGrad() ? gz.matmul(weight) : null;
    gradients[1] = weight.requiresGrad() ? gz.transpose().matmul(x) : null;
    if (bias != null) {
      gradients[2] = gBias;
    }
    if (residual != null) {
      gradients[count - 1] = gResidual;
    }
    return gradients;
  }
}
