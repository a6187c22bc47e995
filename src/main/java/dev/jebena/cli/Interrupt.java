package dev.jebena.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end by itself when the user presses Ctrl-C: {@link #requested()} turns true, and
 * the process waits a moment until {@link #close()}.
 */
final class Interrupt implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 3;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::request, "jebena-interrupt");
  private final long patienceSeconds;
  private volatile boolean requested;

  Interrupt() {
    this(PATIENCE_SECONDS);
  }

  /**
   * @param patienceSeconds what the process waits at most
   */
  Interrupt(long patienceSeconds) {
    this.patienceSeconds = patienceSeconds;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  boolean requested() {
    return requested;
  }

  private void request() {
    requested = true;
    try {
      // interrupted or not, the process ends after this
      ended.await(patienceSeconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ended.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // Ctrl-C came just now: the hook finds that all is done
      }
    }
  }
}
