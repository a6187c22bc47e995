package dev.jebena.train;

import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of numbers laid out on a stretch of pixels.
 *
 * @param low number at {@code from}
 * @param high number at {@code to}; larger than {@code low}
 */
record Axis(double low, double high, double from, double to) {
  /** An axis that holds {@code least} to {@code most} with some air, even where they are equal. */
  static Axis around(double least, double most, double from, double to) {
    double air = Math.max((most - least) * 0.06, 1e-3 * Math.max(1, Math.abs(most)));
    return new Axis(least - air, most + air, from, to);
  }

  double at(double number) {
    return from + (number - low) / (high - low) * (to - from);
  }

  /** Round numbers (1, 2 or 5 times a power of ten apart), about {@code wanted} of them. */
  List<Double> ticks(int wanted) {
    double step = step(wanted);
    var ticks = new ArrayList<Double>();
    for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** Digits after the point that tell the ticks apart. */
  int digits(int wanted) {
    return Math.max(0, (int) -Math.floor(Math.log10(step(wanted)) + 1e-9));
  }

  private double step(int wanted) {
    double raw = (high - low) / wanted;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double lead = raw / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
  }
}
