package dev.jebena.optim;

import dev.jebena.memory.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adam (Kingma and Ba, 2014): the mean of gradients over the root of the mean of their squares.
 *
 * @param decoupled weight decay apart from the gradient, as in AdamW, rather than part of it
 */
public record Adam(AdamW.Settings settings, boolean decoupled) implements UpdateRule {
  @Override
  public Map<String, Shape> state(Shape parameter) {
    var state = new LinkedHashMap<String, Shape>();
    state.put("exp_avg", parameter);
    state.put("exp_avg_sq", parameter);
    return state;
  }

  @Override
  public void apply(Update u) {
    var gradient = decoupled ? u.gradient() : u.penalisedGradient();
    AdamW.update(
        u.parameter(),
        gradient,
        u.state().get("exp_avg"),
        u.state().get("exp_avg_sq"),
        u.step(),
        u.learningRate(),
        settings,
        decoupled ? u.weightDecay() : 0);
  }
}
