package dev.jebena.optim;

import dev.jebena.memory.Shape;
import java.util.Map;

/**
 * Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023): every element moves by
 * the sign of a mean, so that one moment is enough. Wants a third to a tenth of Adam's rate and as
 * many times its decay.
 *
 * @param beta1 share of the mean in what is moved by
 * @param beta2 decay of the mean
 */
public record Lion(double beta1, double beta2) implements UpdateRule {
  /** 0.9 and 0.99, the paper's. */
  public static final Lion USUAL = new Lion(0.9, 0.99);

  @Override
  public Map<String, Shape> state(Shape parameter) {
    return Map.of("exp_avg", parameter);
  }

  @Override
  public void apply(Update u) {
    var mean = u.state().get("exp_avg");
    var g = u.gradient();
    var direction = mean.mul(beta1).add(g.mul(1 - beta1)).sign();
    u.decay();
    u.parameter().addInPlace(direction.mul(-u.learningRate()));
    mean.mulInPlace(beta2).addInPlace(g.mul(1 - beta2));
  }
}
