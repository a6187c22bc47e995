package dev.jebena.train;

import java.util.concurrent.CountDownLatch;

/**
 * Lets Ctrl-C (or a polite kill) end a run between two steps: the process waits until the run has
 * saved itself.
 */
public final class StopSignal implements AutoCloseable {
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stopAndWait, "stop");
  private volatile boolean asked;

  /** Listens from now on. */
  public StopSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the run should end after this step. */
  public boolean isAsked() {
    return asked;
  }

  private void stopAndWait() {
    asked = true;
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the process go. */
  @Override
  public void close() {
    finished.countDown();
    if (!asked) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // it began to shut down just now and no longer waits
      }
    }
  }
}
