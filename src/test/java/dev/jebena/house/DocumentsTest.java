package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.testing.ExecutablePage;
import dev.jebena.testing.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line of Java on these pages runs, and does what stands behind it and below it. */
class DocumentsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"einops.md, 20, 3", "tensors.md, 40, 14", "tokenizers.md, 8, 3"})
  void everyLineOfThePageIsTrue(String name, int checks, int texts) throws Exception {
    var page =
        new ExecutablePage(Files.readString(Fixtures.basedir().resolve("docs").resolve(name)));
    assertThat(page.checks()).isGreaterThan(checks);
    assertThat(page.texts()).isGreaterThan(texts);
    page.run(folder);
  }

  private void run(String code, String text) throws Exception {
    new ExecutablePage("## A\n```java\n" + code + "\n```\n```text\n" + text + "\n```\n")
        .run(folder);
  }

  @Test
  void truePagesPass() throws Exception {
    run(
        "var x = Tensor.zeros(2, 3);   // f32 [2, 3]\nx.sum().item(); // 0.0\n"
            + "System.out.println(\"a @1f b @2e c @1f\");",
        "a @7 b @8 c @7");
    run("Tensor.zeros(2, 3).transpose().view(6); // refused", "view: …");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "var x = Tensor.zeros(2, 3); // [3, 2]",
        "Tensor.zeros(2, 3); // bf16 [2, 3]",
        "Tensor.zeros(2).sum().item(); // 1.0",
        "Tensor.zeros(2).isContiguous(); // false",
        "Tensor.zeros(2).sum(); // refused",
        "Tensor.zeros(2).nothing();",
        "System.out.println(\"something else\");"
      })
  void anUntruePageFails(String code) {
    assertThatThrownBy(() -> run(code + "\nSystem.out.println(\"one\");", "one"))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void marksThatAreOneMustBeOne() {
    assertThatThrownBy(() -> run("System.out.println(\"@1 @2\");", "@3 @3"))
        .isInstanceOf(AssertionError.class);
  }
}
