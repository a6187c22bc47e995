package dev.jebena.train;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Says how a run is going: on a terminal in one line that is redrawn in place, elsewhere in a line
 * every few seconds. Always close it, so that what follows begins on a new line.
 *
 * <p>Not thread-safe.
 */
public final class LiveLine implements AutoCloseable {
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;
  private static final int PLAIN_COLUMNS = 200;
  private static final String CLEAR_TO_END = "\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final IntSupplier columns;
  private final LongSupplier nanoTime;
  private TrainProgress latest;
  private TrainProgress evaluated;
  private boolean drawn;
  private boolean pending;
  private boolean started;
  private long lastPrint;

  /**
   * @param terminal whether {@code out} is one
   * @param columns its width now
   * @param nanoTime a clock
   */
  LiveLine(PrintStream out, boolean terminal, IntSupplier columns, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
    this.nanoTime = nanoTime;
  }

  /** A line on stderr. */
  public static LiveLine onStderr() {
    boolean terminal = stderrIsTerminal();
    int width = terminal ? terminalColumns() : PLAIN_COLUMNS;
    return new LiveLine(System.err, terminal, () -> width, System::nanoTime);
  }

  /** Shows where the run stands, unless that was done a moment ago. */
  public void update(TrainProgress progress) {
    latest = progress;
    boolean news = progress.evaluated();
    if (news) {
      evaluated = progress;
    }
    pending = true;
    long now = nanoTime.getAsLong();
    boolean due = !started || now - lastPrint >= (terminal ? REDRAW_NANOS : PLAIN_NANOS);
    if (due || news || progress.step() >= progress.totalSteps()) {
      started = true;
      lastPrint = now;
      print();
    }
  }

  /** Prints a line that stays. */
  public void message(String text) {
    if (terminal && drawn) {
      out.print("\r" + CLEAR_TO_END);
      drawn = false;
    }
    out.println(text);
    if (terminal && latest != null) {
      print();
    }
    out.flush();
  }

  private void print() {
    if (terminal) {
      // One column is left free: a terminal may wrap when the last one is written.
      int room = Math.max(1, columns.getAsInt() - 1);
      out.print("\r" + ProgressText.of(latest, evaluated, room) + CLEAR_TO_END);
      drawn = true;
    } else {
      out.println(ProgressText.of(latest, evaluated, PLAIN_COLUMNS));
    }
    out.flush();
    pending = false;
  }

  /** Shows what was last said, if it was not, and ends the line. */
  @Override
  public void close() {
    if (latest != null && pending) {
      print();
    }
    if (drawn) {
      out.println();
      drawn = false;
    }
    latest = null;
    out.flush();
  }

  /** Java can tell of stdin and stdout together only; Linux says where stderr goes. */
  private static boolean stderrIsTerminal() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    var launcher = System.getProperty("jebena.stderr.terminal");
    if (launcher != null) {
      return Boolean.parseBoolean(launcher); // its filter stands between this JVM and stderr
    }
    try {
      var target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      var console = System.console();
      return console != null && console.isTerminal();
    }
  }

  private static int terminalColumns() {
    try {
      var process =
          new ProcessBuilder("stty", "size")
              .redirectInput(Path.of("/dev/tty").toFile())
              .redirectErrorStream(true)
              .start();
      if (process.waitFor(1, TimeUnit.SECONDS)) {
        var size = new String(process.getInputStream().readAllBytes()).strip().split(" ");
        int width = size.length == 2 ? Integer.parseInt(size[1]) : 0;
        return width > 0 ? width : 80;
      }
      process.destroy();
    } catch (IOException | NumberFormatException e) {
      return 80; // no stty, or no terminal of our own
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 80;
  }
}
