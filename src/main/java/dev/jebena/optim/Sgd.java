package dev.jebena.optim;

import dev.jebena.memory.Shape;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum (Polyak, 1964; Sutskever et al., 2013), in PyTorch's
 * form: {@code m ← μ·m + g; p ← p − rate·m}.
 *
 * @param momentum μ, from 0
 * @param nesterov moves by {@code g + μ·m} instead
 */
public record Sgd(double momentum, boolean nesterov) implements UpdateRule {
  public Sgd {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("SGD: momentum " + momentum + " is not in [0, 1)");
    }
  }

  @Override
  public Map<String, Shape> state(Shape parameter) {
    return momentum == 0 ? Map.of() : Map.of("momentum_buffer", parameter);
  }

  @Override
  public void apply(Update u) {
    var gradient = u.penalisedGradient();
    if (momentum != 0) {
      var buffer = u.state().get("momentum_buffer");
      buffer.mulInPlace(momentum).addInPlace(gradient);
      gradient = nesterov ? gradient.add(buffer.mul(momentum)) : buffer;
    }
    u.parameter().addInPlace(gradient.mul(-u.learningRate()));
  }
}
