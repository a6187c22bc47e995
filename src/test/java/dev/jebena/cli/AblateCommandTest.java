package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void refuses() throws IOException {
    var text = text();
    Run.of("ablate", "--what", "colour", "--data", text, "--tokenizer", "char", "--steps", 2)
        .isFailure("'colour'", "norm, position, activation, attention");
    Run.of("ablate", "--what", "norm", "--seeds", 1).isWrongUsage("spread");
    Run.of("ablate").isWrongUsage("--what");
  }
}
