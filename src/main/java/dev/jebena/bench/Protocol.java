package dev.jebena.bench;

import java.util.ArrayList;
import java.util.function.Consumer;

/**
 * How timings are taken: both sides warm up, each for a number of runs and at least some seconds; a
 * run is then made long enough to be measured well; and the sides take turns, so that whatever
 * disturbs the machine disturbs both.
 *
 * @param runs timed runs of each side, at least 5
 * @param warmupSeconds that each side works before
 * @param runSeconds that a run should last at least
 */
public record Protocol(int runs, double warmupSeconds, double runSeconds) {
  private static final int LEAST_RUNS = 5;
  private static final int LEAST_WARMUPS = 3;

  /** Seconds below which a run is mostly the call of it. */
  private static final double SHORT = 0.02;

  /** Threads that spin after their work need to rest before the other side is timed. */
  private static final long PAUSE_MILLIS = 300;

  public Protocol {
    if (runs < LEAST_RUNS) {
      throw new IllegalArgumentException(
          runs + " runs are too few for a median: at least " + LEAST_RUNS);
    }
    if (!(warmupSeconds >= 0 && runSeconds >= 0)) {
      throw new IllegalArgumentException("seconds of warm-up and runs must not be below 0");
    }
  }

  /**
   * Rates of both sides, in work a second.
   *
   * @param peer null where there is none
   */
  public record Timed(Rates ours, Rates peers) {}

  /**
   * Times.
   *
   * @param work what one repetition does, in the unit that rates are told in
   * @param peer null for none
   * @param progress told a line now and then
   */
  public Timed time(double work, Contender ours, Contender peer, Consumer<String> progress) {
    progress.accept("warming up");
    int times = repetitions(warmUp(ours));
    if (peer != null) {
      progress.accept("warming up the peer");
      times = Math.max(times, repetitions(warmUp(peer)));
    }
    var rates = new ArrayList<Double>();
    var peerRates = new ArrayList<Double>();
    for (int run = 1; run <= runs; run++) {
      progress.accept("run " + run + " of " + runs);
      rates.add(work * times / timed(ours, times, peer != null));
      if (peer != null) {
        peerRates.add(work * times / timed(peer, times, true));
      }
    }
    return new Timed(new Rates(rates), peer == null ? null : new Rates(peerRates));
  }

  /** Works until the compiler is through; gives the seconds of the fastest repetition. */
  public double warmUp(Contender side) {
    double fastest = Double.POSITIVE_INFINITY;
    double spent = 0;
    int times = 1;
    for (int i = 0; i < LEAST_WARMUPS || spent < warmupSeconds; i++) {
      double seconds = side.run(times);
      spent += seconds;
      fastest = Math.min(fastest, seconds / times);
      if (seconds < SHORT && spent < warmupSeconds) {
        times = 2 * times; // so that the loop around short work is compiled before it is timed
      }
    }
    return fastest;
  }

  private int repetitions(double seconds) {
    return (int) Math.clamp(Math.ceil(runSeconds / Math.max(seconds, 1e-9)), 1, 1_000_000);
  }

  private static double timed(Contender side, int times, boolean rest) {
    if (rest) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("the benchmark was interrupted", e);
      }
    }
    return side.run(times);
  }
}
