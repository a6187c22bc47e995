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
public final class AdamW {
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

  /** Steps taken so far. */
  public long steps() {
    return step;
  }

  /** One step at a learning rate. Parameters without a gradient stay as they are. */
  public void step(double learningRate) {
    step(learningRate, 1);
  }

  /**
   * One step.
   *
   * @param gradientScale what every gradient is multiplied by first: clipping and averaging
   */
  public void step(double learningRate, double gradientScale) {
    step++;
    Tensor.noGrad(() -> {
      for (var group : groups) {
        group
            .parameters()
            .forEach((name, parameter) -> {
              if (parameter.grad() != null) {
                try (var _ = Scope.open()) {
                  update(
                      parameter,
                      states.get(name),
                      learningRate,
                      group.weightDecay(),
                      gradientScale);
                }
              }
            });
      }
    });
  }

  private void update(
      Tensor parameter, State state, double learningRate, double weightDecay, double scale) {
    var gradient = parameter.grad().contiguous();
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
              state.mean.writable("adamW"),
              state.square.writable("adamW"),
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
    state.mean.mulInPlace(settings.beta1).addInPlace(g.mul(1 - settings.beta1));
    state.square.mulInPlace(settings.beta2).addInPlace(g.square().mul(1 - settings.beta2));
    var mean = state.mean.div(1 - Math.pow(settings.beta1, step));
    var root = state.square.div(1 - Math.pow(settings.beta2, step)).sqrt().add(settings.eps);
    parameter
        .mulInPlace(1 - learningRate * weightDecay)
        .addInPlace(mean.div(root).mul(-learningRate));
  }

  /** Frees all gradients. */
  public void zeroGrad() {
    for (var group : groups) {
      group.parameters().values().forEach(Tensor::zeroGrad);
    }
  }

  /** The moments by name, as {@code NAME.exp_avg} and {@code NAME.exp_avg_sq}; shares memory. */
  public Map<String, Tensor> stateDict() {
    var all = new LinkedHashMap<String, Tensor>();
    states.forEach((name, state) -> {
      all.put(name + ".exp_avg", state.mean);
      all.put(name + ".exp_avg_sq", state.square);
    });
    return all;
  }

  /**
   * Goes on from saved moments.
   *
   * @throws IllegalArgumentException where one is missing or has another shape; nothing is changed
   */
  public void loadStateDict(Map<String, Tensor> saved, long steps) {
    var own = stateDict();
    own.forEach((name, tensor) -> {
      var other = saved.get(name);
      if (other == null || !other.shape().equals(tensor.shape())) {
        throw new IllegalArgumentException(
            "optimiser state: "
                + name
                + (other == null ? " is missing" : " has shape " + other.shape())
                + ", needed is "
                + tensor.shape());
      }
    });
    Tensor.noGrad(() -> own.forEach((name, tensor) -> tensor.copyInPlace(saved.get(name))));
    step = steps;
  }
}
