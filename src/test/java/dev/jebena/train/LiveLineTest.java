package dev.jebena.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveLineTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong clock = new AtomicLong(-5);

  private LiveLine line(boolean terminal, int columns) {
    return new LiveLine(out, terminal, () -> columns, clock::get);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void itSaysWhatMatters() {
    var evaluated = Progress.at(500, 1000, 3.21456).withValidation(3.3, 1.4321);
    assertThat(ProgressText.of(Progress.at(1234, 10_000, 3.21456), evaluated, 200))
        .isEqualTo(
            "step 1,234/10,000  loss 3.215  val 1.432 bits/byte (gzip -9: 1.53)  43:50 left  12.3k"
                + " tokens/s  145 GFLOP/s (69%)  1.2 GB  lr 3.0e-04");
    assertThat(ProgressText.of(Progress.at(1234, 10_000, 3.21456), evaluated, 115))
        .isEqualTo(
            "step 1,234/10,000 loss 3.215 val 1.432 b/B (gzip 1.53) 43:50 left 12.3k tok/s 145 GF/s"
                + " (69%) 1.2 GB lr 3.0e-04");
  }

  @Test
  void itNeverPassesTheWidth() {
    var now = Progress.at(1234, 10_000, 3.2);
    for (int columns = 1; columns < 200; columns++) {
      assertThat(ProgressText.of(now, now.withValidation(3, 1.4), columns).length())
          .isBetween(1, columns);
    }
    assertThat(ProgressText.of(now, null, 30)).isEqualTo("step 1,234/10,000 loss 3.200");
  }

  @Test
  void whatIsNotKnownIsLeftOut() {
    double none = Double.NaN;
    var bare =
        new TrainProgress(
            1, 9, 64, 5, none, none, none, none, 0.001, none, none, none, none, 0, 1, none);
    assertThat(ProgressText.of(bare, null, 200)).isEqualTo("step 1/9  loss 5.000  lr 1.0e-03");
  }

  @Test
  void aTerminalLineIsRedrawnInPlaceAtMostFiveTimesASecond() {
    try (var line = line(true, 60)) {
      for (int step = 1; step <= 100; step++) {
        line.update(Progress.at(step, 1000, 3));
        clock.addAndGet(10_000_000); // a second in all
      }
    }
    assertThat(text().chars().filter(c -> c == '\r').count()).isBetween(5L, 7L);
    assertThat(text()).endsWith("\u001b[K" + System.lineSeparator());
    assertThat(text()).contains("step 100/1,000"); // the last one is shown when closed
    assertThat(text().lines().count()).isEqualTo(text().split("\r").length);
    for (var drawn : text().split("\r")) {
      assertThat(drawn.replace("\u001b[K", "").strip().length()).isLessThan(60);
    }
  }

  @Test
  void elsewhereItIsALineEveryTenSeconds() {
    try (var line = line(false, 10)) {
      for (int step = 1; step <= 100; step++) {
        var progress = Progress.at(step, 1000, 3);
        line.update(step == 50 ? progress.withValidation(3, 1.4) : progress);
        clock.addAndGet(500_000_000L);
      }
    }
    assertThat(text()).doesNotContain("\r", "\u001b");
    assertThat(text().lines().map(l -> l.split("/")[0]))
        .containsExactly(
            "step 1", "step 21", "step 41", "step 50", "step 70", "step 90", "step 100");
  }

  @Test
  void aMessageStays() {
    try (var line = line(true, 80)) {
      line.message("before");
      line.update(Progress.at(1, 10, 3));
      line.message("saved");
    }
    assertThat(text().replace("\u001b[K", ""))
        .contains("\rsaved" + System.lineSeparator() + "\rstep 1/10");
    assertThat(text()).startsWith("before");
  }

  @Test
  void aLineThatSaidNothingLeavesNothing() {
    line(true, 80).close();
    assertThat(text()).isEmpty();
  }

  @Test
  void theLossIsSmoothedWithoutAPullToZero() {
    var smoothed = new SmoothedLoss(0.9);
    assertThat(smoothed.value()).isNaN();
    assertThat(smoothed.add(5)).isEqualTo(5);
    assertThat(smoothed.add(3))
        .isCloseTo((0.9 * 5 + 3) / 1.9, org.assertj.core.api.Assertions.within(1e-12));
    for (int i = 0; i < 500; i++) {
      smoothed.add(2);
    }
    assertThat(smoothed.value()).isCloseTo(2, org.assertj.core.api.Assertions.within(1e-9));
  }

  @Test
  void numbersAreWrittenForPeople() {
    assertThat(
            Arrays.stream(
                    new double[] {
                      0.25, 9.5, 145, 999.6, 1234, 12_345, 99_960, 999_600, 22.7e6, 1.5e9
                    })
                .mapToObj(Words::compact))
        .containsExactly(
            "0.3", "9.5", "145", "1.0k", "1.2k", "12.3k", "100k", "1.0M", "22.7M", "1.5B");
    assertThat(Words.duration(3599.4)).isEqualTo("59:59");
    assertThat(Words.duration(3845)).isEqualTo("1:04:05");
    assertThat(Words.duration(Double.NaN)).isEqualTo("-");
    assertThat(Words.bytes(12_300_000)).isEqualTo("12 MB");
  }

  @Test
  void memoryIsReadWhereThereIsSomething(@TempDir Path folder) throws Exception {
    var status =
        Files.writeString(
            folder.resolve("status"), "Name:\tjava\nVmHWM:\t  200 kB\nVmRSS:\t     123 kB\n");
    assertThat(ProcessMemory.field(status, "VmRSS:")).isEqualTo(123 * 1024);
    assertThat(ProcessMemory.field(status, "VmHWM:")).isEqualTo(200 * 1024);
    assertThat(ProcessMemory.field(status, "VmSwap:")).isZero();
    assertThat(ProcessMemory.field(folder.resolve("none"), "VmRSS:")).isZero();
    if (Files.exists(Path.of("/proc/self/status"))) {
      assertThat(ProcessMemory.peakResidentBytes()).isGreaterThan(10_000_000);
      assertThat(ProcessMemory.residentBytes()).isGreaterThan(10_000_000);
    }
  }
}
