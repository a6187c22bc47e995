package dev.jebena.model;

import dev.jebena.nn.RotaryEmbedding;
import dev.jebena.nn.RotaryFrequencies;
import dev.jebena.nn.Rotation;
import java.util.List;

/** The rotary positions that a configuration asks for. */
final class Ropes {
  private Ropes() {}

  /** Tables on the context's device; null where nothing turns. */
  static Rotation of(TransformerConfig config) {
    var p = config.positions();
    if (p.kind() != PositionConfig.Kind.ROTARY) {
      return null;
    }
    var latent = config.attention().latent();
    int turning = latent == null ? p.rotaryDim(config.headDim()) : latent.ropeDim();
    var plain = RotaryFrequencies.plain(turning, p.theta());
    var scaling = p.scaling();
    int context = config.contextLength();
    int trained = scaling.originalContext() == 0 ? context : scaling.originalContext();
    double factor = scaling.factor();
    return switch (scaling.kind()) {
      // the base of DYNAMIC grows beyond the context only
      case NONE, DYNAMIC -> table(plain, config);
      case LINEAR -> table(plain.linear(factor), config);
      case NTK -> table(plain.ntk(factor), config);
      case LLAMA3 -> table(plain.llama3(factor, scaling.low(), scaling.high(), trained), config);
      case YARN ->
          table(
              plain.yarn(
                  factor,
                  scaling.high(),
                  scaling.low(),
                  trained,
                  temperature(scaling),
                  scaling.exactEnds()),
              config);
      case LONG_ROPE -> longRope(plain, scaling, trained, config);
    };
  }

  private static Rotation table(RotaryFrequencies frequencies, TransformerConfig config) {
    var rope =
        RotaryEmbedding.of(frequencies, config.contextLength(), config.positions().interleaved());
    return rope::forward;
  }

  private static double temperature(RopeScaling scaling) {
    return scaling.attentionFactor() == 0
        ? RotaryFrequencies.yarnAttention(scaling.factor(), 1)
        : scaling.attentionFactor();
  }

  /**
   * One table for texts up to the original context, and another for all positions of longer ones.
   */
  private static Rotation longRope(
      RotaryFrequencies plain, RopeScaling scaling, int trained, TransformerConfig config) {
    double given = scaling.attentionFactor();
    double factor = scaling.factor();
    double strength = given;
    if (given == 0) {
      strength = factor <= 1 ? 1 : Math.sqrt(1 + StrictMath.log(factor) / StrictMath.log(trained));
    }
    var near = table(plain.divided(array(scaling.shortFactors()), strength), config);
    var far = table(plain.divided(array(scaling.longFactors()), strength), config);
    return (x, start) ->
        start + x.size(-2) > trained ? far.forward(x, start) : near.forward(x, start);
  }

  private static double[] array(List<Double> factors) {
    return factors.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
