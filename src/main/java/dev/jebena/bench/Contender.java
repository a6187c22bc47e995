package dev.jebena.bench;

/** Somebody who can do a piece of work again and again. */
public interface Contender extends AutoCloseable {
  /** Does the work {@code times} times; returns the seconds that it took. */
  double run(int times);

  /** What stands in reports: library, version, mode. */
  default String name() {
    return "jebena";
  }

  @Override
  void close();
}
