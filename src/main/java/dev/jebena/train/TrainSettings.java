package dev.jebena.train;

import dev.jebena.model.TransformerConfig;
import java.util.List;

/**
 * What a run does, completely: with the same settings, data and device the same bits come out.
 * Stored in the run folder as {@code settings.json}.
 *
 * @param data paths given, empty for the JDK's sources
 * @param model the configuration, vocabulary included
 * @param batchSize sequences a micro-batch
 * @param accumulation micro-batches a step
 * @param steps in all
 * @param warmup steps over which the learning rate rises
 * @param learningRate at the peak
 * @param finalLearningRate share of the peak that is left at the end
 * @param weightDecay of matrices and embeddings; norms do not decay
 * @param clipNorm what the norm of all gradients is cut to
 * @param evaluateEvery steps between evaluations on the held-out part
 * @param saveEvery steps between checkpoints
 * @param optimisation rule, schedule and what goes with them
 */
public record TrainSettings(
    List<String> data,
    TransformerConfig model,
    int batchSize,
    int accumulation,
    long steps,
    long warmup,
    double learningRate,
    double finalLearningRate,
    double weightDecay,
    double clipNorm,
    long evaluateEvery,
    long saveEvery,
    long seed,
    String device,
    Optimisation optimisation) {

  /** Settings of an earlier version have none. */
  public TrainSettings {
    optimisation = optimisation == null ? Optimisation.DEFAULT : optimisation;
  }

  /**
   * The same for so many steps: warm-up over a twentieth of them unless it is given, 10
   * evaluations, 4 checkpoints.
   */
  public TrainSettings withSteps(long count) {
    return new TrainSettings(
        data,
        model,
        batchSize,
        accumulation,
        count,
        optimisation.warmup() > 0 ? optimisation.warmup() : Math.clamp(count / 20, 1, 500),
        learningRate,
        finalLearningRate,
        weightDecay,
        clipNorm,
        Math.max(1, (count + 9) / 10),
        Math.max(1, (count + 3) / 4),
        seed,
        device,
        optimisation);
  }

  /** Tokens that so many steps learn from. */
  public long tokens(long count) {
    return optimisation.microBatchesBefore(count, accumulation) * batchSize * model.contextLength();
  }

  /** Tokens that a step learns from, once the batch has grown. */
  public long tokensPerStep() {
    return (long) batchSize * accumulation * model.contextLength();
  }
}
