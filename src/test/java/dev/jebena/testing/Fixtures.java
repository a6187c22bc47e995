package dev.jebena.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Reference data that lies beside the checkout, not in it. Where it is missing a test that needs it
 * is skipped, and says so.
 */
public final class Fixtures {
  private Fixtures() {}

  /** The project's root folder. */
  public static Path basedir() {
    return Path.of(System.getProperty("jebena.basedir", "")).toAbsolutePath().normalize();
  }

  /**
   * {@code ../shared/fixtures/<relative>}, seen from the project root.
   *
   * <p>Where it does not exist the running test is aborted as skipped, with a line on stderr.
   */
  public static Path require(String relative) {
    var path = basedir().resolveSibling("shared").resolve("fixtures").resolve(relative);
    if (!Files.exists(path)) {
      var line = "SKIPPED: " + caller() + " (../shared/fixtures/" + relative + " is not there)";
      System.err.println(line);
      Assumptions.abort(line);
    }
    return path;
  }

  /** The test that asked, for the line that says it was skipped. */
  private static String caller() {
    return StackWalker.getInstance()
        .walk(frames ->
            frames
                .filter(frame -> !frame.getClassName().equals(Fixtures.class.getName()))
                .findFirst()
                .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                .orElse("a test"));
  }
}
