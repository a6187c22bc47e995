package dev.jebena.optim;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019). Which parameters
 * decay is said by the groups: nothing decays by itself.
 */
public final class AdamW implements Optimizer {
  private final List<Group> groups;
  private final Settings settings;
  private final Map<String, State> states = new LinkedHashMap<>();
  private long step;

  /**
   * The numbers that all groups share.
   *
   * @param beta1 decay of the mean of gradients
   * @param beta2 decay of the mean of their squares
   * @param eps added to the root, against division by 0
   */
  public record Settings(double beta1, double beta2, double eps) {
    /** 0.9, 0.95, 1e-8: usual for language models (GPT-3, Llama). */
    public static final Settings LANGUAGE_MODEL = new Settings(0.9, 0.95, 1e-8);

    public Settings {
      if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && eps > 0)) {
        throw new IllegalArgumentException(
            "AdamW: betas must be in [0, 1) and eps above 0, got "
                + beta1
                + ", "
                + beta2
                + ", "
                + eps);
      }
    }
  }

  /**
   * Parameters that share a weight decay.
   *
   * @param weightDecay per step, times the learning rate
   */
  public record Group(Map<String, Tensor> parameters, double weightDecay) {}

  private record State(Tensor mean, Tensor square) {
    static State of(Tensor p) {
      return new State(
          Tensor.zeros(p.device(), p.dtype(), p.shape()),
          Tensor.zeros(p.device(), p.dtype(), p.shape()));
    }
  }

  /** Moments at zero for every parameter; nothing is changed before the first step. */
  public AdamW(List<Group> groups, Settings settings) {
    this.groups = List.copyOf(groups);
    this.settings = settings;
    Tensor.noGrad(() ->
        Scope.outside(() -> {
          for (var group : groups) {
            group.parameters().forEach((name, p) -> states.put(name, State.of(p)));
          }
          return null;
        }));
  }

  /**
   * Two groups as usual: matrices and embeddings decay, everything of one axis (norms, biases) does
   * not.
   */
  public static List<Group> groupsByRank(Map<String, Tensor> parameters, double weightDecay) {
    var decayed = new LinkedHashMap<String, Tensor>();
    var others = new LinkedHashMap<String, Tensor>();
    parameters.forEach((name, p) -> (p.rank() >= 2 ? decayed : others).put(name, p));
    return List.of(new Group(decayed, weightDecay), new Group(others, 0));
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
    var numbers = numbers(step, learningRate, settings);
    Tensor.noGrad(() -> {
      try (var _ = Scope.open()) {
        var together = new LinkedHashMap<Device, AdamWBatch>();
        for (var group : groups) {
          group
              .parameters()
              .forEach((name, parameter) -> {
                if (parameter.grad() != null) {
                  var state = states.get(name);
                  var gradient = parameter.grad();
                  double decay = group.weightDecay();
                  update(
                      parameter,
                      gradient,
                      state.mean,
                      state.square,
                      decay,
                      numbers,
                      scale,
                      together);
                }
              });
        }
        together.forEach((device, batch) -> batch.update(numbers, scale.on(device)));
      }
    });
  }

  private static AdamWKernel.Step numbers(long step, double learningRate, Settings settings) {
    return new AdamWKernel.Step(step, learningRate, settings.beta1, settings.beta2, settings.eps);
  }

  /** One parameter's step: the rule itself. */
  static void update(
      Tensor parameter,
      Tensor gradient,
      Tensor mean,
      Tensor square,
      long step,
      double learningRate,
      Settings settings,
      double weightDecay) {
    var numbers = numbers(step, learningRate, settings);
    var scale = GradientScale.of(1);
    var alone = new LinkedHashMap<Device, AdamWBatch>();
    update(parameter, gradient, mean, square, weightDecay, numbers, scale, alone);
    alone.forEach((device, batch) -> batch.update(numbers, scale.on(device)));
  }

  /** Joins the batch of its device where that has the kernel, else computes at once. */
  private static void update(
      Tensor parameter,
      Tensor gradient,
      Tensor mean,
      Tensor square,
      double weightDecay,
      AdamWKernel.Step step,
      GradientScale scale,
      Map<Device, AdamWBatch> together) {
    var device = parameter.device();
    if (parameter.dtype() == DType.F32 && parameter.isContiguous()) {
      var kernel = device.fused(AdamWKernel.class);
      if (kernel.isPresent()) {
        together
            .computeIfAbsent(device, d -> new AdamWBatch(kernel.get()))
            .add(parameter, gradient, mean, square, weightDecay);
        return;
      }
    }
    try (var _ = Scope.open()) {
      composed(parameter, scale.times(gradient), mean, square, weightDecay, step);
    }
  }

  private static void composed(
      Tensor parameter,
      Tensor g,
      Tensor mean,
      Tensor square,
      double weightDecay,
      AdamWKernel.Step step) {
    double beta1 = step.beta1();
    double beta2 = step.beta2();
    mean.mulInPlace(beta1).addInPlace(g.mul(1 - beta1));
    square.mulInPlace(beta2).addInPlace(g.square().mul(1 - beta2));
    var first = mean.div(1 - Math.pow(beta1, step.number()));
    var root = square.div(1 - Math.pow(beta2, step.number())).sqrt().add(step.eps());
    parameter
        .mulInPlace(1 - step.learningRate() * weightDecay)
        .addInPlace(first.div(root).mul(-step.learningRate()));
  }

  @Override
  public void zeroGrad() {
    for (var group : groups) {
      group.parameters().values().forEach(Tensor::zeroGrad);
    }
  }

  /** The moments by name, as {@code NAME.exp_avg} and {@code NAME.exp_avg_sq}; shares memory. */
  @Override
  public Map<String, Tensor> stateDict() {
    var all = new LinkedHashMap<String, Tensor>();
    states.forEach((name, state) -> {
      all.put(name + ".exp_avg", state.mean);
      all.put(name + ".exp_avg_sq", state.square);
    });
    return all;
  }

  @Override
  public void loadStateDict(Map<String, Tensor> saved, long steps) {
    SavedState.copy(stateDict(), saved);
    step = steps;
  }
}
