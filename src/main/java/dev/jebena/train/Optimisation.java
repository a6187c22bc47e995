package dev.jebena.train;

import dev.jebena.model.MaximalUpdate;
import dev.jebena.model.TrainingConfig.Start;
import dev.jebena.model.Transformer;
import dev.jebena.model.TransformerConfig;
import dev.jebena.optim.Adafactor;
import dev.jebena.optim.Adam;
import dev.jebena.optim.AdamW;
import dev.jebena.optim.GroupedOptimizer;
import dev.jebena.optim.LearningRate;
import dev.jebena.optim.Lion;
import dev.jebena.optim.Muon;
import dev.jebena.optim.Optimizer;
import dev.jebena.optim.ParameterGroup;
import dev.jebena.optim.Sgd;
import dev.jebena.optim.UpdateRule;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * How a run moves its weights.
 *
 * @param rule by which parameters move
 * @param schedule of the learning rate
 * @param warmup steps over which the rate rises; 0 for a twentieth of all
 * @param beta1 of Adam's mean, or SGD's momentum
 * @param beta2 of Adam's mean of squares
 * @param average decay of the average of weights that is evaluated and saved; 0 for none
 * @param rampFrom micro-batches of the first step, where the batch grows
 * @param rampSteps steps until it has grown to its full size; 0 for the full size at once
 * @param spike how many deviations above its mean a loss is skipped; 0 for never
 * @param layersEvery steps between norms of each layer in the metrics; 0 for never
 */
public record Optimisation(
    Rule rule,
    Schedule schedule,
    long warmup,
    double beta1,
    double beta2,
    double average,
    int rampFrom,
    long rampSteps,
    double spike,
    long layersEvery) {
  /** By what parameters move. */
  public enum Rule {
    /** Adam with decoupled decay. */
    ADAMW,
    /** Adam with decay as part of the gradient. */
    ADAM,
    /** Gradient descent with momentum. */
    SGD,
    /** The sign of a mean. */
    LION,
    /** Factored squares and relative steps. */
    ADAFACTOR,
    /** Orthogonal steps for hidden matrices, AdamW for the rest. */
    MUON
  }

  /** How the learning rate falls after its warm-up. */
  public enum Schedule {
    /** Along half a cosine. */
    COSINE,
    /** In a straight line. */
    LINEAR,
    /** A plateau, and a straight line over the last fifth. */
    WSD,
    /** With the root of the step. */
    INVERSE_SQRT
  }

  /** AdamW with 0.9 and 0.95 along a cosine, and nothing else. */
  public static final Optimisation DEFAULT =
      new Optimisation(Rule.ADAMW, Schedule.COSINE, 0, 0.9, 0.95, 0, 1, 0, 0, 0);

  private static final double EPS = 1e-8;

  public Optimisation {
    if (warmup < 0) {
      throw new IllegalArgumentException("a warm-up of " + warmup + " steps");
    }
    if (rampFrom < 1 || rampSteps < 0) {
      throw new IllegalArgumentException(
          "a batch that grows from " + rampFrom + " over " + rampSteps + " steps");
    }
  }

  /** The schedule of a whole run. */
  LearningRate learningRate(double peak, long warmup, long steps, double floor) {
    return switch (schedule) {
      case COSINE -> LearningRate.warmupCosine(peak, warmup, steps, floor);
      case LINEAR -> LearningRate.warmupLinear(peak, warmup, steps, floor);
      case WSD -> LearningRate.warmupStableDecay(peak, warmup, steps, (steps + 4) / 5, floor);
      case INVERSE_SQRT -> LearningRate.inverseSquareRoot(peak, warmup);
    };
  }

  /** The optimiser of a model: matrices and embeddings decay, vectors do not. */
  Optimizer optimizer(Transformer model, double weightDecay) {
    var settings = new AdamW.Settings(beta1, beta2, EPS);
    boolean muP = model.config().training().start() == Start.MU_P;
    if (rule == Rule.ADAMW && !muP) {
      return new AdamW(AdamW.groupsByRank(model.namedParameters(), weightDecay), settings);
    }
    var hidden = new LinkedHashMap<String, Tensor>();
    var tables = new LinkedHashMap<String, Tensor>();
    var vectors = new LinkedHashMap<String, Tensor>();
    model
        .namedParameters()
        .forEach((name, p) -> {
          boolean table = name.contains("embed_") || name.startsWith("lm_head");
          (p.rank() < 2 ? vectors : table ? tables : hidden).put(name, p);
        });
    var rest =
        switch (rule) {
          case ADAMW, MUON -> new Adam(settings, true);
          case ADAM -> new Adam(settings, false);
          case SGD -> new Sgd(beta1, false);
          case LION -> Lion.USUAL;
          case ADAFACTOR -> Adafactor.USUAL;
        };
    UpdateRule matrices = rule == Rule.MUON ? Muon.USUAL : rest;
    double factor = muP ? widthFactor(model.config()) : 1;
    return new GroupedOptimizer(
        groups(
            new ParameterGroup(hidden, matrices, weightDecay, factor),
            new ParameterGroup(tables, rest, weightDecay, 1),
            new ParameterGroup(vectors, rest, 0, 1)));
  }

  /** Hidden matrices learn slower in proportion to their width, under Adam and its like. */
  private double widthFactor(TransformerConfig config) {
    return rule == Rule.SGD || rule == Rule.MUON ? 1 : MaximalUpdate.rateFactor(config);
  }

  private static List<ParameterGroup> groups(ParameterGroup... groups) {
    var all = new ArrayList<ParameterGroup>();
    for (var group : groups) {
      if (!group.parameters().isEmpty()) {
        all.add(group);
      }
    }
    return all;
  }

  /** Micro-batches of a step, of so many in the end. */
  int microBatches(long step, int full) {
    if (step >= rampSteps || rampFrom >= full) {
      return full;
    }
    return (int) (rampFrom + (full - rampFrom) * step / rampSteps);
  }

  /** Micro-batches of all steps before one. */
  long microBatchesBefore(long step, int full) {
    long sum = 0;
    for (long i = 0; i < Math.min(step, rampSteps); i++) {
      sum += microBatches(i, full);
    }
    return sum + Math.max(0, step - rampSteps) * full;
  }
}
