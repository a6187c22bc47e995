package dev.jebena.model;

import dev.jebena.nn.LayerNorm;
import dev.jebena.nn.RmsNorm;
import dev.jebena.nn.RowNorm;
import dev.jebena.tensor.Tensor;

/** The norm that a configuration asks for. */
final class Norm implements RowNorm {
  private final NormConfig config;
  private final Tensor weight;
  private final Tensor bias;

  /**
   * @param weight {@code [D]}
   * @param bias {@code [D]} or null
   */
  Norm(NormConfig config, Tensor weight, Tensor bias) {
    this.config = config;
    this.weight = weight.requiresGrad(true);
    this.bias = bias == null ? null : bias.requiresGrad(true);
  }

  @Override
  public Tensor forward(Tensor x) {
    if (config.kind() == NormConfig.Kind.LAYER) {
      return LayerNorm.normalise(x, factors(), bias, config.eps());
    }
    return biased(RmsNorm.normalise(x, factors(), config.eps()));
  }

  @Override
  public NormedSum forwardAdded(Tensor x, Tensor residual) {
    if (config.kind() == NormConfig.Kind.LAYER) {
      return LayerNorm.normaliseSum(x, residual, factors(), bias, config.eps());
    }
    var both = RmsNorm.normaliseSum(x, residual, factors(), config.eps());
    return new NormedSum(both.sum(), biased(both.normed()));
  }

  private Tensor factors() {
    return config.unitOffset() ? weight.add(1) : weight;
  }

  private Tensor biased(Tensor y) {
    return bias == null ? y : y.add(bias);
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.parameter("weight", weight);
    if (bias != null) {
      visitor.parameter("bias", bias);
    }
  }
}
