package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.io.FileFormatException;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.testing.DeferredDevice;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors in files that NumPy wrote, byte for byte the same when written again. */
class TensorFilesTest {
  @TempDir Path folder;

  private static Path numpy(String name) {
    return Fixtures.basedir().resolve("src/test/resources/dev/jebena/io").resolve(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "b1", "scalar", "empty"})
  void writesTheBytesThatNumpyWrote(String name) throws IOException {
    var x = TensorFiles.readNpy(numpy(name + ".npy"));
    TensorFiles.writeNpy(folder.resolve("again.npy"), x);
    assertThat(folder.resolve("again.npy")).hasSameBinaryContentAs(numpy(name + ".npy"));
    assertThat(TensorFiles.mapNpy(folder.resolve("again.npy")).contentEquals(x)).isTrue();
  }

  @Test
  void viewsAreWrittenRowMajor() throws IOException {
    var x = Tensor.arange(6).view(2, 3).transpose();
    TensorFiles.writeNpy(folder.resolve("t.npy"), x);
    assertThat(TensorFiles.readNpy(folder.resolve("t.npy")).toLongs())
        .containsExactly(0, 3, 1, 4, 2, 5);
    var columns = TensorFiles.readNpy(numpy("fortran.npy"));
    assertThat(columns.shape()).isEqualTo(Shape.of(2, 3, 4));
    assertThat(columns.toDoubles()).isEqualTo(IntStream.range(0, 24).asDoubleStream().toArray());
  }

  @Test
  void aMappedFileNeverChanges() throws IOException {
    var file = Files.copy(numpy("f4.npy"), folder.resolve("f4.npy"));
    var x = TensorFiles.mapNpy(file);
    x.fillInPlace(9);
    assertThat(x.toFloats()).containsOnly(9);
    assertThat(file).hasSameBinaryContentAs(numpy("f4.npy"));
    assertThat(TensorFiles.mapNpy(file).toFloats()).doesNotContain(9);
  }

  @Test
  void aFileThatMayNotBeWrittenIsCopied() throws IOException {
    var file = Files.copy(numpy("f4.npy"), folder.resolve("f4.npy"));
    assertThat(file.toFile().setReadOnly()).isTrue();
    var x = TensorFiles.mapNpy(file);
    x.fillInPlace(9);
    assertThat(x.toFloats()).containsOnly(9);
    assertThat(file).hasSameBinaryContentAs(numpy("f4.npy"));
  }

  @Test
  void devicesThatCannotSeeTheFileGetACopy() {
    Context.current()
        .withDevice(DeferredDevice.primitivesOnly())
        .run(() -> {
          try {
            assertThat(TensorFiles.mapNpy(numpy("i8.npy")).toLongs())
                .containsExactly(-2, 0, 1, 2, 4, 5);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"BF16", "F8_E4M3", "F8_E5M2"})
  void typesThatNumpyLacksAreRefusedByName(DType dtype) {
    var x = Tensor.zeros(2, 3).to(dtype);
    assertThatThrownBy(() -> TensorFiles.writeNpy(folder.resolve("x.npy"), x))
        .isInstanceOf(DTypeException.class)
        .hasMessageContaining("npy has no " + dtype + ", the type of this [2, 3]");
    assertThat(folder.resolve("x.npy")).doesNotExist();
  }

  @Test
  void severalByName() throws IOException {
    var read = TensorFiles.readNpz(numpy("deflated.npz"));
    assertThat(read.keySet()).containsExactly("w", "ids");
    assertThat(read.get("ids").toLongs()).containsExactly(3, 1, 2);
    var tensors = new LinkedHashMap<String, Tensor>(read);
    tensors.put("flags", Tensor.of(new boolean[] {true, false}));
    TensorFiles.writeNpz(folder.resolve("all.npz"), tensors);
    var again = TensorFiles.readNpz(folder.resolve("all.npz"));
    assertThat(again.keySet()).containsExactly("w", "ids", "flags");
    tensors.forEach((name, x) -> again.get(name).differenceFrom(x).orThrow());
  }

  @Test
  void otherFilesAreRefused() {
    assertThatThrownBy(() -> TensorFiles.readNpy(numpy("big-endian.npy")))
        .isInstanceOf(FileFormatException.class)
        .hasMessageContaining("'>f4' is not supported");
    assertThatThrownBy(() -> TensorFiles.readNpz(numpy("f4.npy")))
        .isInstanceOf(FileFormatException.class);
  }
}
