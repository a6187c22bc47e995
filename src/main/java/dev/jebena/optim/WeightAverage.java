package dev.jebena.optim;

import dev.jebena.memory.Scope;
import dev.jebena.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An exponential moving average of weights (Polyak and Juditsky, 1992): {@code a ← decay·a + (1 −
 * decay)·p} after each step. It often predicts better than the weights of any single step.
 */
public final class WeightAverage {
  private final Map<String, Tensor> parameters;
  private final Map<String, Tensor> averages = new LinkedHashMap<>();
  private final double decay;

  /**
   * Begins with the weights as they are.
   *
   * @param decay from 0 to below 1; 0.999 averages over about a thousand steps
   */
  public WeightAverage(Map<String, Tensor> parameters, double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "average of weights: decay " + decay + " is not in [0, 1)");
    }
    this.parameters = Map.copyOf(parameters);
    this.decay = decay;
    Tensor.noGrad(() ->
        Scope.outside(() -> {
          parameters.forEach((name, p) -> averages.put(name, p.detach().copy()));
          return null;
        }));
  }

  /** Takes the weights in, after a step. */
  public void update() {
    Tensor.noGrad(() ->
        averages.forEach((name, average) -> {
          try (var _ = Scope.open()) {
            average.mulInPlace(decay).addInPlace(parameters.get(name).detach().mul(1 - decay));
          }
        }));
  }

  /** Exchanges averages and weights; a second call puts them back. */
  public void swap() {
    Tensor.noGrad(() ->
        averages.forEach((name, average) -> {
          try (var _ = Scope.open()) {
            var weights = parameters.get(name);
            var kept = weights.detach().copy();
            weights.copyInPlace(average);
            average.copyInPlace(kept);
          }
        }));
  }

  /** The averages by the names of their parameters; shares memory. */
  public Map<String, Tensor> stateDict() {
    return new LinkedHashMap<>(averages);
  }

  /**
   * Goes on from saved averages.
   *
   * @throws IllegalArgumentException where one is missing or has another shape; nothing is changed
   */
  public void loadStateDict(Map<String, Tensor> saved) {
    SavedState.copy(averages, saved);
  }
}
