package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AblateCommandTest {
  @TempDir Path folder;

  private Path text() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 4000; i++) {
      text.append("the ").append(i % 7 == 0 ? "cat" : "rat").append(" sat on mat ").append(i % 10);
      text.append(".\n");
    }
    return Files.writeString(folder.resolve("text.txt"), text);
  }

  @Test
  void comparesAtEqualSizeAndSaysWhatMayBeConcluded() throws IOException {
    var out = folder.resolve("out");
    var json =
        Run.of(
                "ablate",
                "--what",
                "activation",
                "--data",
                text(),
                "--tokenizer",
                "char",
                "--steps",
                6,
                "--seeds",
                2,
                "--out",
                out,
                "--json")
            .json();
    assertThat(json.get("results")).hasSize(7);
    long first = json.get("results").get(0).get("parameters").asLong();
    for (var result : json.get("results")) {
      assertThat(result.get("val_losses")).hasSize(2);
      assertThat(result.get("val_loss").asDouble()).isBetween(0.5, 6.0);
      double share = result.get("parameters").asDouble() / first;
      assertThat(share).as(result.get("variant").toString()).isBetween(0.99, 1.01);
    }
    assertThat(out.resolve("ablation.md"))
        .content()
        .contains("| SwiGLU |", "| ReLU² |", "after 6 steps", "At this size, on this text");
    assertThat(out.resolve("activation.svg")).content().contains("</svg>", "GeGLU");
    assertThat(out.resolve("ablation.json")).exists();
  }

  private List<Object> activation(Object out) throws IOException {
    return new ArrayList<>(
        List.of(
            "ablate",
            "--what",
            "activation",
            "--data",
            text(),
            "--tokenizer",
            "char",
            "--steps",
            16,
            "--seeds",
            2,
            "--out",
            out));
  }

  /**
   * A child process that is stopped once it has written a table: what was trained stays as it was,
   * and the same command trains the rest, to the same bits as without a stop.
   */
  private void interrupted(String signal) throws Exception {
    var whole = folder.resolve("whole");
    Run.of(activation(whole).toArray()).succeeds();
    var stopped = folder.resolve("stopped");
    var log = folder.resolve("log").toFile();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("dev.jebena.cli.Main");
    activation(stopped).forEach(word -> command.add(word.toString()));
    var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(240);
    while (process.isAlive()
        && System.nanoTime() < deadline
        && Files.notExists(stopped.resolve("ablation.md"))) {
      Thread.sleep(2);
    }
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(stopped.resolve("ablation.md"))
        .content()
        .contains("| SwiGLU |", "of 7 variants are trained")
        .doesNotContain("| GELU |");
    if (signal.equals("TERM")) {
      assertThat(log).content().contains("stopped after", "of 14 models", "--out " + stopped);
    }
    var early = Files.readString(stopped.resolve("runs.json"));
    var rest = Run.of(activation(stopped).toArray()).succeeds();
    assertThat(rest.err()).contains("of them are done").doesNotContain(": activation, SwiGLU");
    assertThat(Files.readString(stopped.resolve("runs.json")))
        .startsWith(early.substring(0, early.lastIndexOf('}')));
    try (var files = Files.list(whole)) {
      for (var file : files.filter(f -> !f.endsWith("settings.json")).toList()) {
        assertThat(stopped.resolve(file.getFileName())).hasSameTextualContentAs(file);
      }
    }
  }

  @Test
  void aStopKeepsWhatIsTrainedAndTheSameCommandGoesOn() throws Exception {
    // as Ctrl-C, which children of a shell's background ignore
    interrupted("TERM");
  }

  @Test
  void killKeepsWhatIsTrainedAndTheSameCommandGoesOn() throws Exception {
    interrupted("KILL");
  }

  @Test
  void aFolderTakesRunsOfOneKindOnly() throws IOException {
    var words = activation(folder.resolve("out"));
    words.set(words.indexOf(16), 2);
    Run.of(words.toArray()).succeeds();
    fails(changed(words, "--what", "norm"), "--what [activation], not [norm]");
    fails(changed(words, "--seeds", 3), "--seeds 2, not 3");
    fails(activation(folder), folder + " is not empty; name another folder");
    Files.writeString(folder.resolve("text.txt"), "another text. ".repeat(9000));
    fails(words, "another text");
  }

  private static List<Object> changed(List<Object> words, String option, Object value) {
    var changed = new ArrayList<>(words);
    changed.set(changed.indexOf(option) + 1, value);
    return changed;
  }

  /** With a line of its own behind what was said before. */
  private static void fails(List<Object> words, String part) {
    var run = Run.of(words.toArray());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("jebena: ", part);
  }

  @Test
  void refuses() throws IOException {
    var text = text();
    Run.of("ablate", "--what", "colour", "--data", text, "--tokenizer", "char", "--steps", 2)
        .isFailure("'colour'", "norm, position, activation, attention");
    Run.of("ablate", "--what", "norm", "--seeds", 1).isWrongUsage("spread");
    Run.of("ablate").isWrongUsage("--what");
  }
}
