package dev.jebena.train;

import dev.jebena.data.Batch;
import dev.jebena.data.BatchLoader;
import dev.jebena.data.EvaluationWindows;
import dev.jebena.memory.Scope;
import dev.jebena.model.Transformer;
import dev.jebena.nn.CrossEntropy;
import dev.jebena.optim.GradientNorm;
import dev.jebena.optim.LearningRate;
import dev.jebena.optim.Optimizer;
import dev.jebena.optim.WeightAverage;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Region;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.Map;

/**
 * Learning, a step at a time: forward and backward over the micro-batches of a step, clipping by
 * the global norm, the optimiser at the scheduled rate. Everything a step makes is freed with its
 * scope.
 */
public final class Trainer {
  /** Where the random numbers of steps begin. */
  private static final long DRAWS = 0x6a65_6265_6e61L;

  private final Transformer model;
  private final Optimizer optimizer;
  private final BatchLoader batches;
  private final LearningRate learningRate;
  private final Recipe recipe;
  private final LossSpikes spikes;
  private final WeightAverage average;

  /**
   * The numbers of a step.
   *
   * @param accumulation micro-batches a step, whose gradients are averaged
   * @param clipNorm what the norm of all gradients is cut to
   * @param optimisation growth of the batch, spikes, averages, and what is watched
   */
  public record Recipe(int accumulation, double clipNorm, Optimisation optimisation) {
    /** With nothing but these. */
    public Recipe(int accumulation, double clipNorm) {
      this(accumulation, clipNorm, Optimisation.DEFAULT);
    }

    public Recipe {
      if (accumulation < 1) {
        throw new IllegalArgumentException(
            "gradient accumulation over " + accumulation + " batches");
      }
    }
  }

  /**
   * What a step did.
   *
   * @param loss mean over the step's tokens, in nats
   * @param gradientNorm before clipping
   * @param skipped whether the loss was a spike, and nothing was learned from it
   * @param layers norms by layer, where this step was watched
   */
  public record Step(
      long number,
      double loss,
      double gradientNorm,
      double learningRate,
      long tokens,
      boolean skipped,
      Map<String, LayerNorms> layers) {}

  /** Joins what a step needs; the parts may have been restored from a checkpoint. */
  public Trainer(
      Transformer model,
      Optimizer optimizer,
      BatchLoader batches,
      LearningRate learningRate,
      Recipe recipe) {
    this.model = model;
    this.optimizer = optimizer;
    this.batches = batches;
    this.learningRate = learningRate;
    this.recipe = recipe;
    this.spikes = new LossSpikes(recipe.optimisation.spike());
    double decay = recipe.optimisation.average();
    this.average = decay == 0 ? null : new WeightAverage(model.namedParameters(), decay);
  }

  LossSpikes spikes() {
    return spikes;
  }

  /** The average of weights, or null where none is kept. */
  public WeightAverage average() {
    return average;
  }

  /** Does something with the averaged weights in the model, where an average is kept. */
  public void withAverage(Runnable action) {
    if (average == null) {
      action.run();
      return;
    }
    average.swap();
    try {
      action.run();
    } finally {
      average.swap();
    }
  }

  /** The model, as the last step left it. */
  public Transformer model() {
    return model;
  }

  /** The optimiser with its moments and step count. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** Where the next batch comes from, and how far it is. */
  public BatchLoader batches() {
    return batches;
  }

  /**
   * Learns from the next batches.
   *
   * @throws TrainException where the loss or a gradient is not a number any more, naming the
   *     tensor; parameters are then unchanged
   */
  public Step step() {
    long number = optimizer.steps();
    // what is random in a step is a function of its number, so that a run goes on exactly
    return Context.current().withGenerator(new Generator(DRAWS + number)).call(() -> step(number));
  }

  private Step step(long number) {
    double rate = learningRate.at(number);
    int microBatches = recipe.optimisation.microBatches(number, recipe.accumulation);
    long tokens = 0;
    try (var _ = Scope.open()) {
      var numbers = new ArrayList<Tensor>();
      Batch batch = null;
      for (int i = 0; i < microBatches; i++) {
        batch = batches.next();
        numbers.add(learn(batch, microBatches));
        tokens += batch.tokens();
      }
      var squares =
          Region.call("optimizer", () -> GradientNorm.squares(model.namedParameters().values()));
      numbers.add(squares);
      double[] read = Readback.of(numbers);
      double loss = 0;
      for (int i = 0; i < microBatches; i++) {
        loss += read[i] / microBatches;
      }
      double norm = Math.sqrt(read[microBatches]);
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        var where = NotANumber.where(model, inputs(batch));
        optimizer.zeroGrad();
        throw new TrainException(
            "step %d: the loss is %s, the gradient's norm %s: %s; a smaller learning rate may help"
                .formatted(number, loss, norm, where));
      }
      if (spikes.isSpike(loss)) {
        optimizer.zeroGrad();
        return new Step(number, loss, norm, rate, tokens, true, Map.of());
      }
      long every = recipe.optimisation.layersEvery();
      var watch =
          every > 0 && number % every == 0 ? new LayerNorms.Watch(model, inputs(batch)) : null;
      Region.call("optimizer", () -> update(rate, squares));
      Map<String, LayerNorms> layers = watch == null ? Map.of() : watch.after();
      return new Step(number, loss, norm, rate, tokens, false, layers);
    }
  }

  /** Moves the weights, and their average; gives how often it did. */
  private long update(double rate, Tensor squares) {
    optimizer.step(rate, GradientNorm.clipFactor(squares, recipe.clipNorm));
    optimizer.zeroGrad();
    if (average != null) {
      average.update();
    }
    return optimizer.steps();
  }

  /** The loss, which is not waited for. */
  private Tensor learn(Batch batch, int microBatches) {
    try (var scope = Scope.open()) {
      var loss = model.loss(inputs(batch), targets(batch));
      var seed = Tensor.full(loss.device(), loss.dtype(), loss.shape(), 1.0 / microBatches);
      loss.backwardFreeingResults(seed);
      return loss.detach().keep(scope);
    }
  }

  private static Tensor inputs(Batch batch) {
    return Tensor.of(batch.inputs(), batch.batchSize(), batch.contextLength());
  }

  private static Tensor targets(Batch batch) {
    return Tensor.of(batch.targets(), batch.batchSize(), batch.contextLength());
  }

  /** Sum of the losses of all held-out tokens, in nats; each is predicted exactly once. */
  public static double totalNats(Transformer model, EvaluationWindows windows) {
    return Region.call("evaluation", () -> total(model, windows));
  }

  private static double total(Transformer model, EvaluationWindows windows) {
    return Tensor.noGrad(() -> {
      model.eval();
      double total = 0;
      for (var batch : windows) {
        try (var _ = Scope.open()) {
          var losses = CrossEntropy.losses(model.logits(inputs(batch)), targets(batch));
          total += losses.sum().item();
        }
      }
      model.train();
      return total;
    });
  }
}
