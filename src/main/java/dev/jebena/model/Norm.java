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
    var w = config.unitOffset() ? weight.add(1) : weight;
    if (config.kind() == NormConfig.Kind.LAYER) {
      return LayerNorm.normalise(x, w, bias, config.eps());
    }
    var y = RmsNorm.normalise(x, w, config.eps());
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
