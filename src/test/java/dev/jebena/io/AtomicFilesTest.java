package dev.jebena.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path folder;

  @Test
  void replacesAFileAndMakesFoldersAboveIt() throws IOException {
    var file = folder.resolve("a/b/x.txt");
    AtomicFiles.writeString(file, "old");
    AtomicFiles.writeString(file, "new é");
    assertThat(Files.readString(file)).isEqualTo("new é");
    assertThat(file.getParent().toFile().list()).containsExactly("x.txt");
  }

  @Test
  void permissionsAreThoseOfAnyNewFile() throws IOException {
    Assumptions.assumeTrue(
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    var plain = Files.createFile(folder.resolve("plain"));
    AtomicFiles.writeString(folder.resolve("x"), "x");
    assertThat(permissions(folder.resolve("x"))).isEqualTo(permissions(plain));
    var plainFolder = Files.createDirectory(folder.resolve("plain-folder"));
    AtomicFiles.writeFolder(folder.resolve("f"), f -> Files.writeString(f.resolve("y"), "y"));
    assertThat(permissions(folder.resolve("f"))).isEqualTo(permissions(plainFolder));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    var file = folder.resolve("x");
    AtomicFiles.writeString(file, "old");
    assertThatThrownBy(() ->
            AtomicFiles.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("No space left on device");
                }))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": cannot be written: No space left on device");
    assertThat(Files.readString(file)).isEqualTo("old");
    assertThat(folder.toFile().list()).containsExactly("x");
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "");
    var below = file.resolve("below");
    assertThatThrownBy(() -> AtomicFiles.writeString(below, "x"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(below + ": cannot be written: ");
    assertThatThrownBy(() -> AtomicFiles.writeFolder(file, f -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": cannot be written: NotDirectory " + file);
  }

  @Test
  void aSymbolicLinkStays() throws IOException {
    var real = Files.writeString(folder.resolve("real"), "old");
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
    AtomicFiles.writeString(link, "new");
    assertThat(link).isSymbolicLink();
    assertThat(Files.readString(real)).isEqualTo("new");
  }

  @Test
  void replacesAFolderWhole() throws IOException {
    var target = folder.resolve("checkpoint");
    AtomicFiles.writeFolder(target, f -> Files.writeString(f.resolve("old"), "1"));
    AtomicFiles.writeFolder(
        target,
        f -> {
          Files.createDirectory(f.resolve("deep"));
          Files.writeString(f.resolve("deep/new"), "2");
        });
    assertThat(target.toFile().list()).containsExactly("deep");
    assertThat(folder.toFile().list()).containsExactly("checkpoint");

    assertThatThrownBy(() ->
            AtomicFiles.writeFolder(
                target,
                f -> {
                  Files.writeString(f.resolve("half"), "3");
                  throw new IOException("No space left on device");
                }))
        .hasMessage(target + ": cannot be written: No space left on device");
    assertThat(target.resolve("deep/new")).hasContent("2");
    assertThat(folder.toFile().list()).containsExactly("checkpoint");
  }

  /** The name of a temporary file inside means nothing to anybody. */
  @Test
  void aFailureInsideAFolderGivesItsReasonOnce() {
    var target = folder.resolve("checkpoint");
    assertThatThrownBy(() ->
            AtomicFiles.writeFolder(
                target,
                beside ->
                    AtomicFiles.write(
                        beside.resolve("weights"),
                        out -> {
                          throw new IOException("No space left on device");
                        })))
        .isInstanceOf(NotWrittenException.class)
        .hasMessage(target + ": cannot be written: No space left on device");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void recoversFromADeathBetweenTheTwoRenames() throws IOException {
    var target = folder.resolve("checkpoint");
    var old = Files.createDirectory(folder.resolve(".checkpoint.old"));
    Files.writeString(old.resolve("x"), "1");
    long dead = deadProcess();
    Files.createDirectory(folder.resolve(".checkpoint.tmp-" + dead + "-abc"));
    long alive = ProcessHandle.current().pid();
    Files.createDirectory(folder.resolve(".checkpoint.tmp-" + alive + "-abc"));

    AtomicFiles.recover(target);
    assertThat(target.resolve("x")).hasContent("1");
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("checkpoint", ".checkpoint.tmp-" + alive + "-abc");
  }

  @Test
  void recoversFromADeathBeforeTheOldFolderWasRemoved() throws IOException {
    var target = Files.createDirectory(folder.resolve("checkpoint"));
    Files.writeString(target.resolve("x"), "2");
    var old = Files.createDirectory(folder.resolve(".checkpoint.old"));
    Files.writeString(old.resolve("x"), "1");
    AtomicFiles.recover(target);
    assertThat(target.resolve("x")).hasContent("2");
    assertThat(folder.toFile().list()).containsExactly("checkpoint");
  }

  private static long deadProcess() throws IOException {
    try {
      var process = new ProcessBuilder(java(), "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      process.waitFor();
      return process.pid();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Saves one version after the other, until it is killed. */
  static final class Saver {
    public static void main(String[] args) throws IOException {
      var target = Path.of(args[0]);
      for (int version = Integer.parseInt(args[1]); ; version++) {
        var values = new int[1 << 12];
        java.util.Arrays.fill(values, version);
        AtomicFiles.writeFolder(
            target,
            f -> {
              for (var name : List.of("a", "b")) {
                Safetensors.write(
                    f.resolve(name), List.of(NamedArray.of("v", values, values.length)), Map.of());
              }
            });
        System.out.println(version);
      }
    }
  }

  @Test
  void killedAtAnyMomentTheOldOrTheNewFolderIsThere() throws Exception {
    var target = folder.resolve("checkpoint");
    var random = new Random(7);
    long reached = 0;
    for (int round = 0; round < 10; round++) {
      var process =
          new ProcessBuilder(
                  java(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Saver.class.getName(),
                  target.toString(),
                  Long.toString(reached + 1))
              .redirectErrorStream(true)
              .start();
      var in = process.inputReader(StandardCharsets.UTF_8);
      var first = in.readLine(); // it saves now
      assertThat(first).matches("\\d+");
      Thread.sleep(random.nextInt(60));
      process.toHandle().destroyForcibly(); // kill -9; the output stays readable
      long reported = in.lines().mapToLong(Long::parseLong).max().orElse(Long.parseLong(first));
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

      AtomicFiles.recover(target);
      var a = Safetensors.open(target.resolve("a")).array("v").toLongs();
      var b = Safetensors.open(target.resolve("b")).array("v").toLongs();
      assertThat(a).containsOnly(a[0]);
      assertThat(b).isEqualTo(a);
      assertThat(a[0]).as("what was reported as saved is there").isBetween(reported, reported + 1);
      assertThat(folder.toFile().list()).containsExactly("checkpoint");
      reached = a[0];
    }
  }

  @Test
  void aFullDiskIsNamedAndLeavesNothing() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash's ulimit");
    var file = folder.resolve("big");
    // a limit on file size fails a real write call, as a full disk does
    var process =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "ulimit -f 512; exec \"$0\" -XX:-UsePerfData -Xshare:auto -cp \"$1\" \"$2\" \"$3\"",
                java(),
                System.getProperty("java.class.path"),
                Big.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(output).contains(file + ": cannot be written: ");
    assertThat(folder.toFile().list()).isEmpty();
  }

  /** Writes 4 MiB and prints why it could not. */
  static final class Big {
    public static void main(String[] args) {
      try {
        AtomicFiles.write(Path.of(args[0]), out -> out.write(new byte[4 << 20]));
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
