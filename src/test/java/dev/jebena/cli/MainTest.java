package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class MainTest {
  private record Run(int code, String out, String err) {}

  private static Run run(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Run(code, out.toString(), err.toString());
  }

  @Test
  void versionIsPrintedOnStdout() {
    var run = run("--version");
    assertThat(run.code).isZero();
    assertThat(run.out).matches("jebena \\d+\\.\\d+\\.\\d+(-SNAPSHOT)? \\(JDK 25.*\\)\\R");
    assertThat(run.err).isEmpty();
  }

  @Test
  void helpIsPrintedOnStdout() {
    var run = run("--help");
    assertThat(run.code).isZero();
    assertThat(run.out).startsWith("Usage: jebena").contains("--stacktrace");
    assertThat(run.err).isEmpty();
  }

  @Test
  void noCommandIsWrongUsage() {
    var run = run();
    assertThat(run.code).isEqualTo(2);
    assertThat(run.out).isEmpty();
    assertThat(run.err).startsWith("Usage: jebena");
  }

  @Test
  void wrongUsageIsOneLineAndCode2() {
    var run = run("--versoin");
    assertThat(run.code).isEqualTo(2);
    assertThat(run.out).isEmpty();
    assertThat(run.err)
        .startsWith("jebena: Unknown option: '--versoin'")
        .contains("did you mean --version?")
        .hasLineCount(1);
  }

  @Test
  void stacktraceFollowsTheLine() {
    var run = run("--stacktrace", "brew");
    assertThat(run.code).isEqualTo(2);
    assertThat(run.err).startsWith("jebena: ").contains("\tat picocli.");
  }

  @Test
  void errorsBecomeOneLine() {
    assertThat(ErrorLine.of(new NoSuchFileException("a/b")))
        .isEqualTo("a/b: no such file or folder");
    assertThat(ErrorLine.of(new UncheckedIOException(new AccessDeniedException("x"))))
        .isEqualTo("x: permission denied");
    assertThat(ErrorLine.of(new FileAlreadyExistsException("x")))
        .isEqualTo("x: file already exists");
    assertThat(ErrorLine.of(new IOException("one\n  two\n"))).isEqualTo("one; two");
    assertThat(ErrorLine.of(new IllegalStateException())).isEqualTo("illegal state");
    assertThat(ErrorLine.of(new NoClassDefFoundError("org/x/Y")))
        .isEqualTo("no class def found: org/x/Y");
  }
}
