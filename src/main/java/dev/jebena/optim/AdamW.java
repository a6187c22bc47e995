package dev.jebena.optim;

import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;
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
    step++;
    Tensor.noGrad(() -> {
      for (var group : groups) {
        group
            .parameters()
            .forEach((name, parameter) -> {
              if (parameter.grad() != null) {
                try (var _ = Scope.open()) {
                  var state = states.get(name);
                  update(
                      parameter,
                      parameter.grad(),
                      state.mean,
                      state.square,
                      step,
                      learningRate,
                      settings,
                      group.weightDecay(),
                      gradientScale);
                }
              }
            });
      }
    });
  }

  /** One parameter's step: the rule itself. */
  static void update(
      Tensor parameter,
      Tensor ofParameter,
      Tensor mean,
      Tensor square,
      long step,
      double learningRate,
      Settings settings,
      double weightDecay,
      double scale) {
    var gradient = ofParameter.contiguous();
    var kernel =
        parameter.dtype() == DType.F32 && parameter.isContiguous()
            ? parameter.device().fused(AdamWKernel.class)
            : java.util.Optional.<AdamWKernel>empty();
    if (kernel.isPresent()) {
      kernel
          .get()
          .update(
              parameter.writable("adamW"),
              gradient.operand(),
              mean.writable("adamW"),
              square.writable("adamW"),
              step,
              learningRate,
              settings.beta1,
              settings.beta2,
              settings.eps,
              weightDecay,
              scale);
      Reference.reachabilityFence(gradient);
      return;
    }
    var g = gradient.mul(scale);
    mean.mulInPlace(settings.beta1).addInPlace(g.mul(1 - settings.beta1));
    square.mulInPlace(settings.beta2).addInPlace(g.square().mul(1 - settings.beta2));
    var first = mean.div(1 - Math.pow(settings.beta1, step));
    var root = square.div(1 - Math.pow(settings.beta2, step)).sqrt().add(settings.eps);
    parameter
        .mulInPlace(1 - learningRate * weightDecay)
        .addInPlace(first.div(root).mul(-learningRate));
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
