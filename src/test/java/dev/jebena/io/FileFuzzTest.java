package dev.jebena.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files give a {@link FileFormatException} or a valid result, and nothing else. */
class FileFuzzTest {
  private static final int MUTANTS = 400;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f4.npy",
        "fortran.npy",
        "version3.npy",
        "stored.npz",
        "deflated.npz",
        "small.safetensors",
        "narrow.safetensors"
      })
  void mutants(String name) throws IOException {
    var original =
        Files.readAllBytes(
            Fixtures.basedir().resolve("src/test/resources/dev/jebena/io").resolve(name));
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(name.hashCode());
    var file = folder.resolve(name);
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      Files.write(file, mutate(original, random));
      try {
        for (var array : read(file)) {
          assertThat(array.toDoubles()).hasSize((int) array.shape().elements());
        }
      } catch (FileFormatException e) {
        assertThat(e.getMessage()).startsWith(file + ": ").hasLineCount(1);
        refused++;
      }
    }
    assertThat(refused).as("mutants refused").isGreaterThan(MUTANTS / 20);
  }

  private static List<NamedArray> read(Path file) throws IOException {
    var name = file.toString();
    if (name.endsWith(".npy")) {
      return List.of(NpyFile.read(file));
    }
    return List.copyOf(
        (name.endsWith(".npz") ? NpzFile.read(file) : Safetensors.open(file).arrays()).values());
  }

  private static byte[] mutate(byte[] original, RandomGenerator random) {
    var bytes = original.clone();
    switch (random.nextInt(5)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(40));
      case 2 -> { // another digit or sign where there is text
        int at = random.nextInt(bytes.length);
        bytes[at] = (byte) "0123456789-,:{}[]\"' ".charAt(random.nextInt(20));
      }
      case 3 -> { // a piece copied over another
        int length = 1 + random.nextInt(Math.min(16, bytes.length - 1));
        int from = random.nextInt(bytes.length - length);
        int to = random.nextInt(bytes.length - length);
        System.arraycopy(original, from, bytes, to, length);
      }
      default -> {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return bytes;
  }
}
