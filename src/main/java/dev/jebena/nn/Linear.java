package dev.jebena.nn;

import dev.jebena.kernel.Activation;
import dev.jebena.tensor.Tensor;

/** {@code y = x · weightᵀ + bias}, weight {@code [out, in]} as in PyTorch. */
public final class Linear implements Module {
  private final Tensor weight;
  private final Tensor bias;

  /**
   * @param weight {@code [out, in]}
   * @param bias {@code [out]} or null
   */
  public Linear(Tensor weight, Tensor bias) {
    this.weight = weight.requiresGrad(true);
    this.bias = bias == null ? null : bias.requiresGrad(true);
  }

  /** {@code [..., in]} to {@code [..., out]}. */
  public Tensor forward(Tensor x) {
    return x.linear(weight, bias);
  }

  /**
   * {@code f(x · weightᵀ + bias) + residual}, as one operation where the device can.
   *
   * @param residual {@code [..., out]} or null
   */
  public Tensor forward(Tensor x, Activation f, Tensor residual) {
    return x.linear(weight, bias, f, residual);
  }

  /** The matrix, {@code [out, in]}. */
  public Tensor weight() {
    return weight;
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.parameter("weight", weight);
    if (bias != null) {
      visitor.parameter("bias", bias);
    }
  }
}
