package dev.jebena.train;

import dev.jebena.data.Batch;
import dev.jebena.data.BatchLoader;
import dev.jebena.data.EvaluationWindows;
import dev.jebena.memory.Scope;
import dev.jebena.model.Transformer;
import dev.jebena.nn.CrossEntropy;
import dev.jebena.optim.AdamW;
import dev.jebena.optim.GradientNorm;
import dev.jebena.optim.LearningRate;
import dev.jebena.tensor.Region;
import dev.jebena.tensor.Tensor;

/**
 * Learning, a step at a time: forward and backward over the micro-batches of a step, clipping by
 * the global norm, AdamW at the scheduled rate. Everything a step makes is freed with its scope.
 */
public final class Trainer {
  private final Transformer model;
  private final AdamW optimizer;
  private final BatchLoader batches;
  private final LearningRate learningRate;
  private final Recipe recipe;

  /**
   * The numbers of a step.
   *
   * @param accumulation micro-batches a step, whose gradients are averaged
   * @param clipNorm what the norm of all gradients is cut to
   */
  public record Recipe(int accumulation, double clipNorm) {
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
   */
  public record Step(
      long number, double loss, double gradientNorm, double learningRate, long tokens) {}

  /** Joins what a step needs; the parts may have been restored from a checkpoint. */
  public Trainer(
      Transformer model,
      AdamW optimizer,
      BatchLoader batches,
      LearningRate learningRate,
      Recipe recipe) {
    this.model = model;
    this.optimizer = optimizer;
    this.batches = batches;
    this.learningRate = learningRate;
    this.recipe = recipe;
  }

  /** The model, as the last step left it. */
  public Transformer model() {
    return model;
  }

  /** The optimiser with its moments and step count. */
  public AdamW optimizer() {
    return optimizer;
  }

  /** Where the next batch comes from, and how far it is. */
  public BatchLoader batches() {
    return batches;
  }

  /**
   * Learns from the next batches.
   *
   * @throws TrainException where the loss is not a number any more; parameters are then unchanged
   */
  public Step step() {
    long number = optimizer.steps();
    double rate = learningRate.at(number);
    double loss = 0;
    long tokens = 0;
    try (var _ = Scope.open()) {
      for (int i = 0; i < recipe.accumulation; i++) {
        var batch = batches.next();
        loss += learn(batch) / recipe.accumulation;
        tokens += batch.tokens();
      }
      if (!Double.isFinite(loss)) {
        optimizer.zeroGrad();
        throw new TrainException(
            "step " + number + ": the loss is " + loss + "; a smaller learning rate may help");
      }
      double norm = Region.call("optimizer", () -> update(rate));
      return new Step(number, loss, norm, rate, tokens);
    }
  }

  /** Gives the norm of the gradients before clipping. */
  private double update(double rate) {
    double norm = GradientNorm.of(model.namedParameters().values());
    optimizer.step(rate, GradientNorm.clipFactor(norm, recipe.clipNorm));
    optimizer.zeroGrad();
    return norm;
  }

  private double learn(Batch batch) {
    try (var _ = Scope.open()) {
      var loss = model.loss(inputs(batch), targets(batch));
      var seed = Tensor.full(loss.device(), loss.dtype(), loss.shape(), 1.0 / recipe.accumulation);
      loss.backwardFreeingResults(seed);
      return loss.item();
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
