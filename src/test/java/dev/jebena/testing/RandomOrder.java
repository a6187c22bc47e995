package dev.jebena.testing;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Says in which random order the tests run, so that a failure that hangs on it can be repeated. */
public final class RandomOrder implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    var seed = System.getProperty("junit.jupiter.execution.order.random.seed");
    if (seed != null) {
      System.out.println("tests run in random order; -Dtest.order=" + seed + " repeats it");
    }
  }
}
