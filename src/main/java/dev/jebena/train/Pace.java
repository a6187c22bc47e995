package dev.jebena.train;

import dev.jebena.model.Accounting;

/** Speed, time and memory beside the numbers of each step. */
final class Pace {
  private final TrainSession session;
  private final double peak;
  private final double flopsPerToken;
  private final SmoothedLoss loss = new SmoothedLoss(0.95);
  private final long begin;
  private long mark = System.nanoTime();
  private double stepSeconds;
  private double learning;
  private long learned;

  Pace(TrainSession session, double peak, long begin) {
    this.session = session;
    this.peak = peak;
    this.begin = begin;
    var config = session.settings().model();
    this.flopsPerToken = Accounting.of(config, config.contextLength()).trainingFlopsPerToken();
  }

  TrainProgress after(Trainer.Step step) {
    double took = seconds(mark);
    mark = System.nanoTime();
    stepSeconds = stepSeconds == 0 ? took : 0.9 * stepSeconds + 0.1 * took;
    learning += took;
    learned += step.tokens();
    double speed = step.tokens() / stepSeconds;
    double gflops = speed * flopsPerToken / 1e9;
    long done = step.number() + 1;
    return new TrainProgress(
        done,
        session.settings().steps(),
        session.settings().tokens(done),
        step.loss(),
        loss.add(step.loss()),
        Double.NaN,
        Double.NaN,
        session.gzipBitsPerByte(),
        step.learningRate(),
        step.gradientNorm(),
        speed,
        gflops,
        gflops / peak,
        ProcessMemory.residentBytes(),
        seconds(begin),
        (session.settings().steps() - done) * stepSeconds);
  }

  /** What went on since the last step was not learning. */
  void pause() {
    mark = System.nanoTime();
  }

  double tokensPerSecond() {
    return learning == 0 ? 0 : learned / learning;
  }

  double gflops() {
    return tokensPerSecond() * flopsPerToken / 1e9;
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
