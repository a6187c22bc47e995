package dev.jebena.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class MetricsTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("run").resolve("metrics.jsonl");
  }

  private void write(int from, int to, long stepsDone) {
    try (var metrics = Metrics.open(file(), stepsDone)) {
      Progress.run(20).subList(from - 1, to).forEach(metrics::append);
    }
  }

  @Test
  void whatIsWrittenIsReadBackAndFlushedLineByLine() throws Exception {
    try (var metrics = Metrics.open(file(), 0)) {
      var run = Progress.run(20);
      for (int i = 0; i < run.size(); i++) {
        metrics.append(run.get(i));
        assertThat(Metrics.read(file())).isEqualTo(run.subList(0, i + 1));
      }
    }
  }

  @Test
  void everyLineIsAJsonObject() throws Exception {
    write(1, 20, 0);
    var lines = Files.readAllLines(file());
    assertThat(lines).hasSize(20);
    var first = JsonMapper.builder().build().readTree(lines.getFirst());
    assertThat(first.get("step").longValue()).isEqualTo(1);
    assertThat(first.get("val_bits_per_byte").isNull()).isTrue();
    assertThat(first.get("gzip_bits_per_byte").doubleValue()).isEqualTo(1.532);
    assertThat(first.propertyNames())
        .contains("tokens_per_second", "gflops", "learning_rate", "rss_bytes", "val_loss");
  }

  @Test
  void aResumedRunDropsWhatItComesToAgain() {
    write(1, 15, 0);
    write(11, 20, 10);
    assertThat(Metrics.read(file())).isEqualTo(Progress.run(20));
    write(1, 3, 0);
    assertThat(Metrics.read(file())).isEqualTo(Progress.run(20).subList(0, 3));
  }

  @Test
  void aLineThatWasCutOffInWritingIsLeftOut() throws Exception {
    write(1, 5, 0);
    Files.writeString(file(), "{\"step\":6,\"total", StandardOpenOption.APPEND);
    assertThat(Metrics.read(file())).hasSize(5);
    write(6, 20, 5);
    assertThat(Metrics.read(file())).isEqualTo(Progress.run(20));
  }

  @Test
  void damageElsewhereIsNamedByLine() throws Exception {
    write(1, 3, 0);
    var text = Files.readString(file());
    for (var damage : new String[] {"nonsense", "{}", "", "[1]"}) {
      Files.writeString(file(), damage + "\n" + text);
      assertThatExceptionOfType(TrainException.class)
          .isThrownBy(() -> Metrics.read(file()))
          .withMessageContaining("line 1: not a line of metrics");
    }
    assertThatExceptionOfType(TrainException.class)
        .isThrownBy(() -> Metrics.read(folder.resolve("none.jsonl")))
        .withMessageContaining("cannot be read");
  }
}
