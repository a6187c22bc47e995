package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.testing.Fixtures;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./jebena image}: what it makes runs where there is no Java and no source tree. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class ImageTest {
  @TempDir Path folder;

  private record Run(int code, String out, String err) {}

  /** With nothing of this process's environment, and no programs on a PATH, where {@code bare}. */
  private Run run(boolean bare, Object... command) throws Exception {
    var words = List.of(command).stream().map(Object::toString).toList();
    var out = folder.resolve("out");
    var err = folder.resolve("err");
    var builder =
        new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.directory(folder.toFile());
    if (bare) {
      builder.environment().clear();
      builder.environment().put("PATH", "/nowhere");
      builder.environment().put("HOME", folder.toString());
    } else {
      builder.environment().put("JEBENA_JAVA_HOME", System.getProperty("java.home"));
    }
    int code = builder.start().waitFor();
    return new Run(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  /** A built project of its own: the launcher of the real one would wait for this very build. */
  private Path built() throws Exception {
    var project = folder.resolve("project");
    var lib = Files.createDirectories(project.resolve("target/lib"));
    var names = new StringBuilder();
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (entry.endsWith(".jar")) {
        var file = Path.of(entry);
        Files.copy(file, lib.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        names.append("lib/").append(file.getFileName()).append(' ');
      }
    }
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, names.toString().strip());
    var manifestFile = folder.resolve("MANIFEST.MF");
    try (var out = Files.newOutputStream(manifestFile)) {
      manifest.write(out);
    }
    int packed =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--create",
                "--file=" + project.resolve("target/run.jar"),
                "--manifest=" + manifestFile,
                "-C",
                Fixtures.basedir().resolve("target/classes").toString(),
                ".");
    assertThat(packed).isZero();
    Files.writeString(project.resolve("target/run"), "run.jar\n");
    var launcher = project.resolve("jebena");
    Files.copy(Fixtures.basedir().resolve("jebena"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
    return launcher;
  }

  @Test
  void theImageRunsByItself() throws Exception {
    var image = folder.resolve("an image");
    var launcher = built();
    var made = run(false, launcher, "image", "--out", image);
    assertThat(made.code).as(made.err).isZero();
    assertThat(made.out).contains("bin/jebena");
    var again = run(false, launcher, "image", "--out", image);
    assertThat(again.code).isEqualTo(1);
    assertThat(again.err).contains("exists");

    var moved = Files.move(image, folder.resolve("moved"));
    var command = moved.resolve("bin/jebena");
    var info = run(true, command, "info", "--json");
    assertThat(info.code).as(info.err).isZero();
    var json = JsonMapper.builder().build().readTree(info.out);
    assertThat(json.get("java_home").asString()).isEqualTo(moved.toString());
    assertThat(json.get("vector_bits").asInt()).isPositive();
    var bench =
        run(true, command, "bench", "gemm", "32", "--warmup", "0", "--run-seconds", "0", "--json");
    assertThat(bench.code).as(bench.err).isZero();
    Files.writeString(folder.resolve("text.txt"), "to be or not to be ".repeat(500));
    var train =
        run(
            true,
            command,
            "train",
            "--data",
            "text.txt",
            "--tokenizer",
            "char",
            "--depth",
            "1",
            "--context",
            "16",
            "--steps",
            "3",
            "--out",
            "run",
            "--json");
    assertThat(train.code).as(train.err).isZero();
    assertThat(JsonMapper.builder().build().readTree(train.out).get("steps").asInt()).isEqualTo(3);
    assertThat(folder.resolve("run/model.safetensors")).isRegularFile();
    assertThat(folder.resolve("run/loss.svg")).isRegularFile(); // pictures need java.desktop
  }
}
