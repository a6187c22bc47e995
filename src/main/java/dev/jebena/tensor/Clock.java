package dev.jebena.tensor;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Orders recordings and overwrites of the whole process, so that "was this value overwritten after
 * that operation was recorded" is a comparison of two numbers. Nothing but the order depends on it.
 */
final class Clock {
  private static final AtomicLong TIME = new AtomicLong();

  private Clock() {}

  /** The time of the last event. */
  static long now() {
    return TIME.get();
  }

  /** The time of a new event, later than all before. */
  static long tick() {
    return TIME.incrementAndGet();
  }
}
