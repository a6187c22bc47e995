package dev.jebena.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class PeerProcessTest {
  @TempDir Path folder;

  /** The shell stands in for a peer. */
  private PeerProcess start(String script) throws IOException {
    var file = Files.writeString(folder.resolve("peer.sh"), script);
    return PeerProcess.start(List.of("sh", file.toString(), "--threads=2"));
  }

  @Test
  void asksAndIsAnswered() throws IOException {
    try (var peer = start("echo ready fake 1.0 $1\nwhile read n; do echo $n.5; done\n")) {
      assertThat(peer.name()).isEqualTo("fake 1.0 --threads=2");
      assertThat(peer.run(1)).isEqualTo(1.5);
      assertThat(peer.run(7)).isEqualTo(7.5);
    }
  }

  @Test
  void failuresSayWhatThePeerSaid() throws IOException {
    assertThatThrownBy(() -> start("echo 'no module named torch' >&2; exit 1"))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("no module named torch");
    assertThatThrownBy(() -> start("echo hello"))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("'hello'");
    try (var peer = start("echo ready x; read n; echo fast")) {
      assertThatThrownBy(() -> peer.run(1))
          .isInstanceOf(BenchException.class)
          .hasMessageContaining("fast");
    }
    assertThatThrownBy(() -> PeerProcess.start(List.of("no-such-python", "peer.py")))
        .hasMessageContaining("no-such-python")
        .hasMessageContaining("--python");
  }

  @Test
  void whatIsMissingIsNamed() {
    var script = new Peer("pytorch", "pytorch/none.py", List::of);
    assertThatThrownBy(() -> script.start(folder, "sh")).hasMessageContaining("none.py");
    var program = new Peer("djl", "DjlMatmul", List::of);
    assertThatThrownBy(() -> program.start(folder, "sh"))
        .hasMessageContaining("djl")
        .hasMessageContaining("./jebena jmh");
  }

  @Test
  void tellsItsMemory() throws IOException {
    try (var peer = start("echo ready x; while read n; do echo $n | tr memory 123456; done")) {
      assertThat(peer.facts()).containsOnlyKeys("peak_rss_bytes");
      assertThat(peer.facts().get("peak_rss_bytes")).isEqualTo(323456.0);
    }
  }
}
