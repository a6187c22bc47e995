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
class PythonPeerTest {
  @TempDir Path folder;

  /** The shell stands in for Python. */
  private PythonPeer start(String script) throws IOException {
    var file = Files.writeString(folder.resolve("peer.sh"), script);
    return PythonPeer.start("sh", file, List.of("--threads=2"));
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
    assertThatThrownBy(
            () -> PythonPeer.start("no-such-python", folder.resolve("peer.sh"), List.of()))
        .hasMessageContaining("no-such-python")
        .hasMessageContaining("--python");
    assertThatThrownBy(() -> PythonPeer.start("sh", folder.resolve("none.py"), List.of()))
        .hasMessageContaining("none.py");
  }
}
