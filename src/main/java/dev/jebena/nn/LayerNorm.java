package dev.jebena.nn;

import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tensor;

/**
 * {@code y = (x − mean(x)) / √(var(x) + eps) ∘ weight + bias} over the last axis (Ba et al., 2016).
 */
public final class LayerNorm implements Module {
  private final Tensor weight;
  private final Tensor bias;
  private final double eps;

  /**
   * @param weight {@code [D]}
   * @param bias {@code [D]} or null
   */
  public LayerNorm(Tensor weight, Tensor bias, double eps) {
    this.weight = weight.requiresGrad(true);
    this.bias = bias == null ? null : bias.requiresGrad(true);
    this.eps = eps;
  }

  /** {@code [..., D]} to the same. */
  public Tensor forward(Tensor x) {
    return normalise(x, weight, bias, eps);
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.parameter("weight", weight);
    if (bias != null) {
      visitor.parameter("bias", bias);
    }
  }

  /**
   * The operation itself.
   *
   * @param x {@code [..., D]}
   * @param weight {@code [D]}
   * @param bias {@code [D]} or null
   */
  public static Tensor normalise(Tensor x, Tensor weight, Tensor bias, double eps) {
    if (x.rank() == 0 || !weight.shape().equals(Shape.of(x.size(-1)))) {
      throw new ShapeException(
          "layerNorm: input "
              + x.shape()
              + " and weight "
              + weight.shape()
              + " do not fit: an input [..., D] takes a weight [D]");
    }
    var centred = x.sub(x.mean(new int[] {-1}, true));
    var variance = centred.square().mean(new int[] {-1}, true);
    var y = centred.mul(variance.add(eps).rsqrt()).mul(weight);
    return bias == null ? y : y.add(bias);
  }
}
