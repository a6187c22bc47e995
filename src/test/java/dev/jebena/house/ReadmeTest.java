package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.testing.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the README compiles as it stands and learns what it says. */
class ReadmeTest {
  @TempDir Path folder;

  @Test
  void theExampleRuns() throws Exception {
    var readme = Files.readString(Fixtures.basedir().resolve("README.md"));
    var block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(block.find()).isTrue();
    var imports = new StringBuilder();
    var body = new StringBuilder();
    block
        .group(1)
        .lines()
        .forEach(l -> (l.startsWith("import") ? imports : body).append(l).append('\n'));
    assertThat(body.toString().strip().lines().count()).isLessThanOrEqualTo(20);
    var source = folder.resolve("Example.java");
    Files.writeString(
        source,
        imports + "public class Example { public static void main(String[] a) {\n" + body + "}}\n");
    var classPath = System.getProperty("java.class.path");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", folder.toString(), source.toString());
    assertThat(compiled).isZero();
    var log = folder.resolve("log").toFile();
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                folder + System.getProperty("path.separator") + classPath,
                "Example")
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    var printed = Files.readString(log.toPath());
    assertThat(process.exitValue()).as(printed).isZero();
    var numbers = Pattern.compile("\\[\\[(.*), (.*)]]").matcher(printed);
    assertThat(numbers.find()).as(printed).isTrue();
    assertThat(Double.parseDouble(numbers.group(1))).isBetween(2.95, 3.05);
    assertThat(Double.parseDouble(numbers.group(2))).isBetween(-1.05, -0.95);
  }
}
