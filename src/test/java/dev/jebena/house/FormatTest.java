package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every source file is as google-java-format would write it. */
class FormatTest {
  @Test
  void sourcesAreFormatted() {
    var root = Fixtures.basedir();
    var sources =
        Stream.of(
                "src/main/java",
                "src/test/java",
                "benchmarks/src/main/java",
                "benchmarks/src/test/java")
            .flatMap(folder -> javaFiles(root.resolve(folder)))
            .toList();
    assertThat(sources).as("sources found").hasSizeGreaterThan(10);
    var wrong =
        sources.parallelStream()
            .filter(file -> !isFormatted(read(file)))
            .map(file -> root.relativize(file).toString())
            .sorted()
            .toList();
    assertThat(wrong).as("files that ./jebena format would change").isEmpty();
  }

  @Test
  void seesWhatIsNotFormatted() {
    assertThat(isFormatted("class A {}\n")).isTrue();
    assertThat(isFormatted("class A { }\n")).isFalse();
    assertThat(isFormatted("import java.util.List;\n\nclass A {}\n")).as("unused import").isFalse();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static Stream<Path> javaFiles(Path folder) {
    try {
      return list(folder).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the formatter's own command line does, in its order. */
  private static boolean isFormatted(String source) {
    try {
      var ordered =
          ImportOrderer.reorderImports(
              RemoveUnusedImports.removeUnusedImports(source), Style.GOOGLE);
      return new Formatter().formatSource(ordered).equals(source);
    } catch (FormatterException e) {
      return false; // does not even parse
    }
  }
}
