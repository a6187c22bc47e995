package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.io.NpzFile;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.testing.DeferredDevice;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Printed tensors against the texts that NumPy made of the same arrays (printing.py). */
class TensorPrintingTest {
  private static final Path FOLDER =
      Fixtures.basedir().resolve("src/test/resources/dev/jebena/tensor");

  private static DynamicTest test(String section) throws IOException {
    int end = section.indexOf('\n');
    var words = section.substring(0, end).split(" ");
    var expected = section.substring(end + 1).stripTrailing();
    var format =
        new TensorFormat(
            Integer.parseInt(words[1]),
            Integer.parseInt(words[2]),
            Integer.parseInt(words[3]),
            Integer.parseInt(words[4]),
            Boolean.parseBoolean(words[5]));
    return DynamicTest.dynamicTest(
        section.substring(0, end),
        () -> {
          var array = NpzFile.read(FOLDER.resolve("printing.npz")).get(words[0]);
          var x =
              Tensor.fromBytes(
                  Context.current().device(), array.dtype(), array.shape(), array.data());
          assertThat(x.toString(format)).startsWith("Tensor(" + expected).endsWith(")");
          var rest = x.toString(format).substring(7 + expected.length());
          assertThat(rest).matches("(, [fiub]\\d+)?(, shape \\[.*])?\\)");
        });
  }

  @TestFactory
  Stream<DynamicTest> asNumpyDoes() throws IOException {
    var sections = Files.readString(FOLDER.resolve("printing.txt")).split("(?m)^=== ");
    assertThat(sections.length).isGreaterThan(150);
    return Stream.of(sections)
        .skip(1)
        .map(section -> {
          try {
            return test(section);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Test
  void whatIsNotObviousFollows() {
    var x = Tensor.of(new float[] {1, 2.5f}, 2);
    assertThat(x).hasToString("Tensor([1. , 2.5])");
    assertThat(x.to(DType.F64)).hasToString("Tensor([1. , 2.5], f64)");
    assertThat(Tensor.arange(3)).hasToString("Tensor([0, 1, 2])");
    assertThat(Tensor.zeros(0, 3)).hasToString("Tensor([], f32, shape [0, 3])");
    assertThat(Tensor.zeros(2000).toString())
        .isEqualTo("Tensor([0., 0., 0., ..., 0., 0., 0.], shape [2000])");
    assertThat(x.copy().requiresGrad(true)).hasToString("Tensor([1. , 2.5], requires grad)");
    assertThat(x.copy().requiresGrad(true).neg()).hasToString("Tensor([-1. , -2.5], from 'neg')");
    assertThat(x.to(Devices.get("reference"))).hasToString("Tensor([1. , 2.5], on reference)");
  }

  @Test
  void viewsPrintWhatTheyShow() {
    var x = Tensor.arange(6).view(2, 3);
    var indent = " ".repeat(8);
    assertThat(x.transpose())
        .hasToString("Tensor([[0, 3],\n" + indent + "[1, 4],\n" + indent + "[2, 5]])");
    assertThat(x.flip(1).select(0, 0)).hasToString("Tensor([2, 1, 0])");
    assertThat(x.slice(1, 0, 3, 2).select(0, 1)).hasToString("Tensor([3, 5])");
    assertThat(Tensor.scalar(2).expand(3)).hasToString("Tensor([2., 2., 2.])");
  }

  @Test
  void narrowFloatsHaveTheirOwnShortestDigits() {
    // 0.1 is 0.1001 in bf16 and 0.1016 in e4m3: still written as 0.1, which reads back as the same
    var x = Tensor.of(new float[] {0.1f, 3, 1 / 3f}, 3);
    assertThat(x.to(DType.BF16)).hasToString("Tensor([0.1  , 3.   , 0.334], bf16)");
    assertThat(x.to(DType.F8_E4M3)).hasToString("Tensor([0.1 , 3.  , 0.34], f8_e4m3)");
  }

  @Test
  void aSummaryReadsOnlyTheEnds() {
    // 4 GiB if it were copied; the view itself costs four bytes
    var huge = Tensor.scalar(7).expand(1 << 15, 1 << 15);
    assertThat(huge.toString()).startsWith("Tensor([[7., 7., 7., ..., 7., 7., 7.],\n");
    assertThat(huge.toString().lines()).hasSize(7);
  }

  @Test
  void memoryThatTheHostCannotSeeIsPrintedToo() {
    var device = DeferredDevice.primitivesOnly();
    Context.current()
        .withDevice(device)
        .run(() -> assertThat(Tensor.arange(2000).toString()).contains("[   0,    1,    2, ..., "));
  }

  @Test
  void printingIsNotRecorded() {
    var x = Tensor.ones(2000).requiresGrad(true);
    assertThat(x.neg().toString()).contains("from 'neg'");
    assertThat(x.shape()).isEqualTo(Shape.of(2000));
  }

  @Test
  void impossibleFormatsAreRefused() {
    assertThatThrownBy(() -> TensorFormat.STANDARD.withEdgeItems(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("edge items");
  }
}
