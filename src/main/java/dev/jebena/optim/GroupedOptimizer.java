package dev.jebena.optim;

import dev.jebena.memory.Scope;
import dev.jebena.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves each group of parameters by its own rule, such as Muon for matrices and Adam for the rest.
 */
public final class GroupedOptimizer implements Optimizer {
  private final List<ParameterGroup> groups;
  private final Map<String, Map<String, Tensor>> states = new LinkedHashMap<>();
  private long step;

  /**
   * State at zero for every parameter; nothing is changed before the first step.
   *
   * @throws IllegalArgumentException for a parameter in two groups
   */
  public GroupedOptimizer(List<ParameterGroup> groups) {
    this.groups = List.copyOf(groups);
    Tensor.noGrad(() ->
        Scope.outside(() -> {
          for (var group : groups) {
            group
                .parameters()
                .forEach((name, p) -> {
                  if (states.put(name, fresh(group.rule(), p)) != null) {
                    throw new IllegalArgumentException("optimiser: " + name + " is in two groups");
                  }
                });
          }
          return null;
        }));
  }

  private static Map<String, Tensor> fresh(UpdateRule rule, Tensor p) {
    var state = new LinkedHashMap<String, Tensor>();
    rule.state(p.shape())
        .forEach((name, shape) -> state.put(name, Tensor.zeros(p.device(), p.dtype(), shape)));
    return state;
  }

  @Override
  public long steps() {
    return step;
  }

  @Override
  public void step(double learningRate, double gradientScale) {
    step(learningRate, GradientScale.of(gradientScale));
  }

  @Override
  public void step(double learningRate, Tensor gradientScale) {
    step(learningRate, GradientScale.of(gradientScale));
  }

  private void step(double learningRate, GradientScale scale) {
    step++;
    Tensor.noGrad(() -> {
      for (var group : groups) {
        double rate = learningRate * group.rateFactor();
        group
            .parameters()
            .forEach((name, p) -> {
              if (p.grad() != null) {
                try (var _ = Scope.open()) {
                  var gradient = scale.times(p.grad());
                  group
                      .rule()
                      .apply(
                          new UpdateRule.Update(
                              p, gradient, states.get(name), step, rate, group.weightDecay()));
                }
              }
            });
      }
    });
  }

  @Override
  public void zeroGrad() {
    for (var group : groups) {
      group.parameters().values().forEach(Tensor::zeroGrad);
    }
  }

  @Override
  public Map<String, Tensor> stateDict() {
    var all = new LinkedHashMap<String, Tensor>();
    states.forEach(
        (name, state) -> state.forEach((what, tensor) -> all.put(name + "." + what, tensor)));
    return all;
  }

  @Override
  public void loadStateDict(Map<String, Tensor> saved, long steps) {
    SavedState.copy(stateDict(), saved);
    step = steps;
  }
}
