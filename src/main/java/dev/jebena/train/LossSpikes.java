package dev.jebena.train;

/**
 * Notices losses far above those before: such a batch is skipped rather than learned from (PaLM,
 * 2022, skips batches around spikes). Mean and variance are moving averages.
 */
public final class LossSpikes {
  /** Fewer losses say nothing of their spread. */
  private static final long WATCHED_FIRST = 20;

  /** After so many in a row it is no spike but the new state of things. */
  private static final int MOST_IN_A_ROW = 5;

  private static final double FORGET = 0.05;

  private final double threshold;
  private State state = new State(0, 0, 0, 0);

  /**
   * What is remembered of the losses.
   *
   * @param seen how many
   * @param skipped how many in a row, up to now
   */
  public record State(long seen, double mean, double variance, int skipped) {}

  /**
   * @param threshold deviations above the mean; 0 for never
   */
  public LossSpikes(double threshold) {
    this.threshold = threshold;
  }

  /** Whether to skip a step with this loss; others are remembered. */
  public boolean isSpike(double loss) {
    double above = loss - state.mean;
    boolean spike =
        threshold > 0
            && state.seen >= WATCHED_FIRST
            && state.skipped < MOST_IN_A_ROW
            && above > threshold * Math.sqrt(state.variance);
    if (spike) {
      state = new State(state.seen, state.mean, state.variance, state.skipped + 1);
      return true;
    }
    double share = Math.max(FORGET, 1.0 / (state.seen + 1));
    double mean = state.mean + share * above;
    double variance = (1 - share) * (state.variance + share * above * above);
    state = new State(state.seen + 1, mean, variance, 0);
    return false;
  }

  /** What is remembered. */
  public State state() {
    return state;
  }

  /** Goes on from what was remembered. */
  public void restore(State saved) {
    state = saved;
  }
}
