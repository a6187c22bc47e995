package dev.jebena.train;

import java.util.ArrayList;
import java.util.List;

/** A made-up run for the tests of what reports on runs. */
final class Progress {
  private Progress() {}

  static TrainProgress at(long step, long total, double loss) {
    return new TrainProgress(
        step,
        total,
        step * 4096,
        loss + 0.1 * Math.sin(step * 7),
        loss,
        Double.NaN,
        Double.NaN,
        1.532,
        3e-4,
        0.8,
        12_345,
        145.2,
        0.69,
        1_234_000_000L,
        step * 0.3,
        (total - step) * 0.3);
  }

  static List<TrainProgress> run(int steps) {
    var history = new ArrayList<TrainProgress>();
    for (int step = 1; step <= steps; step++) {
      var progress = at(step, steps, 1.6 + 7 * Math.exp(-step / (steps / 8.0)));
      history.add(
          step % Math.max(1, steps / 8) == 0
              ? progress.withValidation(
                  progress.smoothedLoss() + 0.1, 0.6 * progress.smoothedLoss() + 0.2)
              : progress);
    }
    return history;
  }
}
