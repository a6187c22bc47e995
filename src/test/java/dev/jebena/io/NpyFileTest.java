package dev.jebena.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {
  @TempDir Path folder;

  private static Path resource(String name) {
    return Fixtures.basedir().resolve("src/test/resources/dev/jebena/io").resolve(name);
  }

  @ParameterizedTest
  @CsvSource({
    "f8, F64",
    "f4, F32",
    "f2, F16",
    "i8, I64",
    "i4, I32",
    "i2, I16",
    "i1, I8",
    "u1, U8",
    "b1, BOOL"
  })
  void readsWhatNumpyWroteAndWritesTheSameBytes(String file, DType dtype) throws IOException {
    var array = NpyFile.read(resource(file + ".npy"));
    assertThat(array.name()).isEqualTo(file);
    assertThat(array.dtype()).isEqualTo(dtype);
    assertThat(array.shape()).isEqualTo(Shape.of(2, 3));
    var expected =
        switch (dtype) {
          case BOOL -> new double[] {0, 1, 0, 1, 0, 1};
          case U8 -> new double[] {0, 1, 3, 4, 6, 7};
          case I64, I32, I16, I8 -> new double[] {-2, 0, 1, 2, 4, 5};
          default -> new double[] {-2, -0.5, 1, 2.5, 4, 5.5};
        };
    assertThat(array.toDoubles()).isEqualTo(expected);
    NpyFile.write(folder.resolve("again.npy"), array);
    assertThat(folder.resolve("again.npy")).hasSameBinaryContentAs(resource(file + ".npy"));
  }

  @Test
  void columnMajorBecomesRowMajor() throws IOException {
    var array = NpyFile.read(resource("fortran.npy"));
    assertThat(array.shape()).isEqualTo(Shape.of(2, 3, 4));
    assertThat(array.toDoubles()).isEqualTo(IntStream.range(0, 24).asDoubleStream().toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "empty", "vector", "version2", "version3"})
  void oddShapesAndVersions(String name) throws IOException {
    var array = NpyFile.read(resource(name + ".npy"));
    switch (name) {
      case "scalar" -> assertThat(array.toDoubles()).containsExactly(2.5);
      case "empty" -> assertThat(array.shape()).isEqualTo(Shape.of(0, 3));
      case "vector" -> assertThat(array.toLongs()).containsExactly(0, 1, 2, 3, 4);
      default -> assertThat(array.toLongs()).containsExactly(0, 1, 2, 3);
    }
    NpyFile.write(folder.resolve("again.npy"), array);
    var again = NpyFile.read(folder.resolve("again.npy"));
    assertThat(again.shape()).isEqualTo(array.shape());
    assertThat(again.toDoubles()).isEqualTo(array.toDoubles());
    if (!name.startsWith("version")) {
      assertThat(folder.resolve("again.npy")).hasSameBinaryContentAs(resource(name + ".npy"));
    }
  }

  @Test
  void refusalsNameTheFileAndTheReason() throws IOException {
    assertThatThrownBy(() -> NpyFile.read(resource("big-endian.npy")))
        .isInstanceOf(FileFormatException.class)
        .hasMessageContaining("big-endian.npy: npy header: element type '>f4' is not supported");
    var cut = folder.resolve("cut.npy");
    var bytes = Files.readAllBytes(resource("f4.npy"));
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> NpyFile.read(cut))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(cut + ": holds 23 bytes of elements, but f32 [2, 3] has 24");
    assertThatThrownBy(() -> NpyFile.read(folder.resolve("none.npy")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> NpyFile.read(folder))
        .isInstanceOf(FileFormatException.class)
        .hasMessageContaining("is a folder");
    var huge =
        new String(bytes, StandardCharsets.ISO_8859_1)
            .replace("(2, 3), ", "(9223372036854775807, 3),")
            .replace("                         ", "          ");
    Files.writeString(cut, huge, StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> NpyFile.read(cut)).isInstanceOf(FileFormatException.class);
    var bf16 = new NamedArray("b", DType.BF16, Shape.of(1), NamedArray.allocate(2));
    assertThatThrownBy(() -> NpyFile.write(folder.resolve("b.npy"), bf16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("npy has no bf16");
    assertThat(folder.resolve("b.npy")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored", "deflated"})
  void readsNpz(String name) throws IOException {
    var arrays = NpzFile.read(resource(name + ".npz"));
    assertThat(arrays.keySet()).containsExactly("w", "ids");
    assertThat(arrays.get("ids").toLongs()).containsExactly(3, 1, 2);
    var w = arrays.get("w");
    assertThat(w.toDoubles())
        .isEqualTo(IntStream.range(0, (int) w.shape().elements()).asDoubleStream().toArray());

    var again = folder.resolve("again.npz");
    if (name.equals("stored")) {
      NpzFile.write(again, List.copyOf(arrays.values()));
    } else {
      NpzFile.writeCompressed(again, List.copyOf(arrays.values()));
      assertThat(Files.size(again)).isLessThan(w.data().byteSize());
    }
    var read = NpzFile.read(again);
    assertThat(read.keySet()).containsExactly("w", "ids");
    assertThat(read.get("w").data().mismatch(w.data())).isEqualTo(-1);
  }

  @Test
  void readsEveryFixture() throws IOException {
    try (var files = Files.walk(Fixtures.require("layers").getParent())) {
      int count = 0;
      for (var file : files.filter(f -> f.toString().endsWith(".npz")).toList()) {
        for (var array : NpzFile.read(file).values()) {
          assertThat(array.data().byteSize())
              .isEqualTo(array.shape().elements() * array.dtype().byteSize());
          count++;
        }
      }
      assertThat(count).isGreaterThan(20);
    }
  }

  @Test
  void anArrayKnowsItsLength() {
    var data = MemorySegment.ofArray(new byte[7]);
    assertThatThrownBy(() -> new NamedArray("w", DType.F32, Shape.of(2), data))
        .hasMessage("array w: 7 bytes of data, f32 [2] needs 8");
  }
}
