package dev.jebena.optim;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.Map;

/** How one parameter moves, and what is remembered of it between steps. */
public interface UpdateRule {
  /** What is remembered of a parameter of a shape, by name; begins as zeros. */
  Map<String, Shape> state(Shape parameter);

  /** Changes the parameter and its state in place; recorded by no graph. */
  void apply(Update update);

  /**
   * One parameter in one step.
   *
   * @param parameter to be changed
   * @param gradient of it, scaled
   * @param state by the names of {@link #state}, to be changed
   * @param step counted from 1
   * @param weightDecay of the group
   */
  record Update(
      Tensor parameter,
      Tensor gradient,
      Map<String, Tensor> state,
      long step,
      double learningRate,
      double weightDecay) {
    /** Weight decay apart from the gradient: {@code p ← (1 − rate·decay)·p}. */
    void decay() {
      if (weightDecay != 0) {
        parameter.mulInPlace(1 - learningRate * weightDecay);
      }
    }

    /** Weight decay as in an L2 penalty: it is part of the gradient. */
    Tensor penalisedGradient() {
      return weightDecay == 0 ? gradient : gradient.add(parameter.detach().mul(weightDecay));
    }
  }
}
