package dev.jebena.cli;

import dev.jebena.data.Documents;
import java.io.PrintWriter;

/**
 * How far a command has come: on a terminal one line that is written over, elsewhere a line every
 * few seconds.
 */
final class ProgressLine implements AutoCloseable {
  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final long PLAIN_NANOS = 5_000_000_000L;
  private static final int BAR = 20;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean terminal;
  private long last = System.nanoTime();
  private boolean drawn;

  ProgressLine(PrintWriter err) {
    this(err, stderrIsTerminal());
  }

  ProgressLine(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Whether a person watches stderr. Java cannot tell of stderr alone, and under the launcher it is
   * a filter: the launcher says it in a property.
   */
  static boolean stderrIsTerminal() {
    return Boolean.getBoolean("jebena.stderr.terminal");
  }

  /** Says where the work stands, unless something was said a moment ago. */
  void update(String text) {
    long now = System.nanoTime();
    if (now - last < (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
      return;
    }
    last = now;
    if (terminal) {
      err.print(CLEAR + text);
      drawn = true;
    } else {
      err.println(text);
    }
    err.flush();
  }

  /** The same with a bar in front, where it is known how much there is to do; 0 if it is not. */
  void update(long done, long total, String text) {
    update(total <= 0 ? text : bar(done, total) + " " + text);
  }

  /** {@code [#####...............] 25 %}. */
  static String bar(long done, long total) {
    double part = total <= 0 ? 0 : Math.clamp((double) done / total, 0, 1);
    int full = (int) (part * BAR);
    return "[%s%s] %3d %%".formatted("#".repeat(full), ".".repeat(BAR - full), (int) (100 * part));
  }

  /** A line that stays. */
  void message(String text) {
    clear();
    err.println(text);
    err.flush();
  }

  /** Says which files of a corpus were no text, if there were any. */
  void passedOver(Documents reading) {
    long files = reading.skipped();
    if (files > 0) {
      message(
          "passed over %s no text; the first is %s"
              .formatted(
                  files == 1 ? "a file that is" : Quantity.count(files) + " files that are",
                  reading.firstSkipped()));
    }
  }

  @Override
  public void close() {
    clear();
  }

  /** Removes the line. */
  void clear() {
    if (drawn) {
      err.print(CLEAR);
      err.flush();
      drawn = false;
    }
  }
}
