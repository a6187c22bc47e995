package dev.jebena.train;

/**
 * Where a run stands after a step. A number that is not known (yet) is NaN.
 *
 * @param step steps done, from 1
 * @param totalSteps steps that the run will have
 * @param tokens trained on so far
 * @param loss of this step: mean over its tokens, in nats
 * @param smoothedLoss the same, smoothed over the last steps
 * @param valLoss of the held-out text, in nats per token; NaN where this step was not evaluated
 * @param valBitsPerByte of the held-out text; NaN where this step was not evaluated
 * @param gzipBitsPerByte what {@code gzip -9} needs for that text
 * @param learningRate used in this step
 * @param gradientNorm before clipping
 * @param tokensPerSecond of late
 * @param gflops arithmetic of the model, in 10⁹ operations per second, of late
 * @param shareOfPeak {@code gflops} as a share of what the machine reached when measured, 0 to 1
 * @param rssBytes memory of the process that is resident, 0 where not known
 * @param seconds that the run has taken so far
 * @param secondsLeft until it is done, as an estimate
 */
public record TrainProgress(
    long step,
    long totalSteps,
    long tokens,
    double loss,
    double smoothedLoss,
    double valLoss,
    double valBitsPerByte,
    double gzipBitsPerByte,
    double learningRate,
    double gradientNorm,
    double tokensPerSecond,
    double gflops,
    double shareOfPeak,
    long rssBytes,
    double seconds,
    double secondsLeft) {

  /** Whether the held-out text was measured after this step. */
  public boolean evaluated() {
    return !Double.isNaN(valBitsPerByte);
  }

  /** The same with another pair of held-out numbers. */
  public TrainProgress withValidation(double loss, double bitsPerByte) {
    return new TrainProgress(
        step,
        totalSteps,
        tokens,
        this.loss,
        smoothedLoss,
        loss,
        bitsPerByte,
        gzipBitsPerByte,
        learningRate,
        gradientNorm,
        tokensPerSecond,
        gflops,
        shareOfPeak,
        rssBytes,
        seconds,
        secondsLeft);
  }
}
