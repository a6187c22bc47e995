package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a project of its own: a copy of the script, with a Maven that only notes that it
 * was called and a main class that prints what it got.
 */
class LauncherTest {
  private static final String MAIN =
      """
      package dev.jebena.cli;

      public final class Main {
        public static void main(String[] args) throws Exception {
          System.out.println(String.join("|", args));
          System.out.println(System.getProperty("of"));
          System.out.println(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
          System.exit(args.length);
        }
      }
      """;

  /** A class of each package that the shell imports. */
  private static final List<String> IMPORTED =
      List.of(
          "dev.jebena.autograd.Graph",
          "dev.jebena.einops.Einops",
          "dev.jebena.kernel.Device",
          "dev.jebena.memory.Shape",
          "dev.jebena.nn.Module",
          "dev.jebena.optim.AdamW",
          "dev.jebena.tensor.Tensor");

  @TempDir Path temporary;

  private Path project;
  private Path tools;

  private record Run(int code, String out, String err) {}

  @BeforeEach
  void copyOfTheLauncher() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the launcher needs bash");
    project = Files.createDirectories(temporary.resolve("with space/project"));
    tools = Files.createDirectories(temporary.resolve("tools"));
    Files.copy(Fixtures.basedir().resolve("jebena"), project.resolve("jebena"));
    assertThat(project.resolve("jebena").toFile().setExecutable(true)).isTrue();
    Files.writeString(project.resolve("pom.xml"), "<project/>");
    var source = Files.createDirectories(project.resolve("src/main/java")).resolve("Main.java");
    Files.writeString(source, MAIN);
    stubMaven(compiledJar(source));
  }

  private Path compiledJar(Path source) throws Exception {
    var classes = temporary.resolve("classes");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "javac").toString());
    command.addAll(List.of("-d", classes.toString(), source.toString()));
    for (var name : IMPORTED) {
      command.add(stub(name).toString());
    }
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    var jar = temporary.resolve("stub.jar");
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (var name : IMPORTED) {
        var entry = name.replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(entry));
        Files.copy(classes.resolve(entry), out);
      }
      out.putNextEntry(new JarEntry("dev/jebena/cli/Main.class"));
      Files.copy(classes.resolve("dev/jebena/cli/Main.class"), out);
    }
    return jar;
  }

  private Path stub(String name) throws IOException {
    int dot = name.lastIndexOf('.');
    var simple = name.substring(dot + 1);
    var folder = Files.createDirectories(temporary.resolve("stubs").resolve(name));
    return Files.writeString(
        folder.resolve(simple + ".java"),
        "package "
            + name.substring(0, dot)
            + "; public class "
            + simple
            + " {"
            + " public static int zero() { return 0; } }");
  }

  private void stubMaven(Path jar) throws IOException {
    var mvn = tools.resolve("mvn");
    Files.writeString(
        mvn,
        """
        #!/bin/bash
        echo "$*" >>"%s"
        if [ -e "%s" ]; then echo "[ERROR] it does not compile"; exit 1; fi
        [ "$SLOW" ] && sleep 1
        mkdir -p target && cp "%s" target/jebena.jar
        """
            .formatted(temporary.resolve("builds"), temporary.resolve("broken"), jar));
    assertThat(mvn.toFile().setExecutable(true)).isTrue();
  }

  private List<String> builds() throws IOException {
    var file = temporary.resolve("builds");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private Process start(Path launcher, Map<String, String> environment, String... args)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(launcher.toString());
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command).directory(temporary.toFile());
    builder.environment().remove("JEBENA_OPTS");
    builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
    builder.environment().put("JEBENA_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Run finish(Process process) throws Exception {
    var out = new String(process.getInputStream().readAllBytes());
    var err = new String(process.getErrorStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), out, err);
  }

  private Run run(String... args) throws Exception {
    return finish(start(project.resolve("jebena"), Map.of(), args));
  }

  @Test
  void buildsOnceAndPassesArgumentsAndExitCode() throws Exception {
    var first = run("generate", "--prompt", "two words", "é*");
    assertThat(first)
        .isEqualTo(
            new Run(4, "generate|--prompt|two words|é*\nnull\ntrue\n", "jebena: building ...\n"));
    assertThat(builds()).hasSize(1).allMatch(line -> line.contains("package -Dmaven.test.skip"));

    assertThat(run()).isEqualTo(new Run(0, "\nnull\ntrue\n", ""));
    assertThat(builds()).hasSize(1);
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    run();
    Files.writeString(project.resolve("src/main/java/New.java"), "class New {}");
    run();
    run();
    assertThat(builds()).hasSize(2);
    Files.delete(project.resolve("src/main/java/New.java"));
    run();
    assertThat(builds()).hasSize(3);
  }

  @Test
  void worksThroughLinks() throws Exception {
    Files.createSymbolicLink(project.resolve("inner"), Path.of("jebena"));
    var link = Files.createSymbolicLink(temporary.resolve("brew"), project.resolve("inner"));
    assertThat(finish(start(link, Map.of("JEBENA_OPTS", "-Dof=coffee -Xmx64m"), "x")))
        .isEqualTo(new Run(1, "x\ncoffee\ntrue\n", "jebena: building ...\n"));
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    var slow = Map.of("SLOW", "1");
    var a = start(project.resolve("jebena"), slow, "a");
    var b = start(project.resolve("jebena"), slow, "b");
    assertThat(finish(a).out).startsWith("a\n");
    assertThat(finish(b).out).startsWith("b\n");
    assertThat(builds()).hasSize(1);
  }

  @Test
  void aFailedBuildIsShownAndTriedAgain() throws Exception {
    Files.createFile(temporary.resolve("broken"));
    var broken = run();
    assertThat(broken.code).isEqualTo(1);
    assertThat(broken.err).contains("it does not compile", "jebena: the build failed");
    Files.delete(temporary.resolve("broken"));
    assertThat(run("x").code).isEqualTo(1);
    assertThat(builds()).hasSize(2);
  }

  @Test
  void aWrongJdkIsNamed() throws Exception {
    var wrong = Files.createDirectories(temporary.resolve("jdk-24/bin")).getParent();
    Files.writeString(wrong.resolve("release"), "JAVA_VERSION=\"24.0.1\"\n");
    assertThat(
            finish(start(project.resolve("jebena"), Map.of("JEBENA_JAVA_HOME", wrong.toString()))))
        .isEqualTo(
            new Run(
                1, "", "jebena: JEBENA_JAVA_HOME=" + wrong + " is version 24.0.1, not a JDK 25\n"));
    assertThat(builds()).isEmpty();
  }

  @Test
  void testRunsVerify() throws Exception {
    assertThat(run("test", "--slow", "-Dtest=FooTest").code).isZero();
    assertThat(builds())
        .containsExactly(
            "--batch-mode --no-transfer-progress verify -Dexcluded.tags= -Dtest=FooTest");
  }

  @Test
  void aWholeTestRunTriesTheBenchmarksToo() throws Exception {
    Files.createDirectories(project.resolve("benchmarks"));
    Files.writeString(project.resolve("benchmarks/pom.xml"), "<project/>");
    assertThat(run("test").code).isZero();
    assertThat(run("test", "-Dtest=FooTest").code).isZero();
    assertThat(builds())
        .containsExactly(
            "--batch-mode --no-transfer-progress verify",
            "--batch-mode --no-transfer-progress -q -f benchmarks/pom.xml verify",
            "--batch-mode --no-transfer-progress verify -Dtest=FooTest");
    Files.createFile(temporary.resolve("broken"));
    assertThat(run("test").code).isEqualTo(1);
    assertThat(builds()).hasSize(4);
  }

  private Run shell(String input, String... args) throws Exception {
    var command = new ArrayList<String>(List.of("shell"));
    command.addAll(List.of(args));
    var process = start(project.resolve("jebena"), Map.of(), command.toArray(String[]::new));
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes());
    }
    return finish(process);
  }

  @Test
  void theShellRunsWhatIsPipedIn() throws Exception {
    var run = shell("System.out.println(List.of(6 * 7))\n");
    assertThat(run.out).isEqualTo("[42]\n");
    assertThat(run.code).isZero();
    assertThat(shell("/exit 3\n").code).isEqualTo(3);
  }

  @Test
  void theShellSeesTheJarAndTheVectorModule() throws Exception {
    var run =
        shell(
            "System.out.println(dev.jebena.cli.Main.class.getName())\n"
                + "System.out.println("
                + "ModuleLayer.boot().findModule(\"jdk.incubator.vector\").isPresent())\n");
    assertThat(run.out).isEqualTo("dev.jebena.cli.Main\ntrue\n");
  }

  @Test
  void aRejectedLineIsAFailure() throws Exception {
    var run = shell("nope()\n");
    assertThat(run.code).isEqualTo(1);
    assertThat(run.err).contains("cannot find symbol");
    assertThat(shell("throw new IllegalStateException(\"no\")\n").code).isEqualTo(1);
  }

  @Test
  void theShellRunsFiles() throws Exception {
    var file = temporary.resolve("two words.jsh");
    Files.writeString(file, "int x = 20;\nSystem.out.println(x + 1);\n");
    assertThat(shell("", file.toString()).out).isEqualTo("21\n");
    assertThat(shell("", temporary.resolve("none.jsh").toString()).code).isEqualTo(1);
  }
}
