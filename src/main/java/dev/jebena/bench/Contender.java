package dev.jebena.bench;

/** Somebody who can do a piece of work again and again. */
public interface Contender extends AutoCloseable {
  /** Does the work {@code times} times; returns the seconds that it took. */
  double run(int times);

  @Override
  void close();
}
