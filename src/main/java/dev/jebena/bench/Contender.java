package dev.jebena.bench;

import java.util.Map;

/** Somebody who can do a piece of work again and again. */
public interface Contender extends AutoCloseable {
  /** Does the work {@code times} times; returns the seconds that it took. */
  double run(int times);

  /** What stands in reports: library, version, mode. */
  default String name() {
    return "jebena";
  }

  /**
   * What else is worth knowing after the last run, by the keys of reports: memory, allocations.
   * Only numbers that a larger value makes worse.
   */
  default Map<String, Double> facts() {
    return Map.of();
  }

  @Override
  void close();
}
