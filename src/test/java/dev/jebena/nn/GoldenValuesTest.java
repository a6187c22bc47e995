package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.GoldenInputs;
import dev.jebena.testing.SampleRun;
import dev.jebena.testing.Values;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds every sample of the operation table against what PyTorch computes in f64. */
class GoldenValuesTest {
  private static final String AGAIN = "; compute golden values again: src/test/python/golden.py";

  private final Map<String, Map<String, NamedArray>> files = new HashMap<>();

  /** The arrays of one operation's file, {@code label/out} and so on. */
  private Map<String, NamedArray> file(String operation) {
    return files.computeIfAbsent(operation, GoldenValuesTest::read);
  }

  private static Map<String, NamedArray> read(String operation) {
    try {
      var url = GoldenValuesTest.class.getResource("/golden/" + operation + ".npz");
      assertThat(url).as("src/test/resources/golden/" + operation + ".npz" + AGAIN).isNotNull();
      return NpzFile.read(Path.of(url.toURI()));
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> everySampleIsWhatPyTorchComputes() {
    return OperationTable.all().stream()
        .flatMap(op ->
            op.samples().stream()
                .flatMap(sample ->
                    Stream.of(
                        test(op, sample, "reference", DType.F64),
                        test(op, sample, "cpu", DType.F32))));
  }

  private DynamicTest test(Operation op, Operation.Sample sample, String device, DType dtype) {
    return DynamicTest.dynamicTest(
        op.name() + ": " + sample.label() + " on " + device + " " + dtype,
        () -> {
          checkInputs(op, sample);
          check(op, sample, Devices.get(device), dtype);
        });
  }

  private NamedArray golden(String key) {
    int slash = key.indexOf('/');
    var array = file(key.substring(0, slash)).get(key.substring(slash + 1));
    assertThat(array).as("no golden value " + key + AGAIN).isNotNull();
    return array;
  }

  /** Golden values of other inputs would prove nothing. */
  private void checkInputs(Operation op, Operation.Sample sample) {
    var key = GoldenInputs.key(op, sample);
    var inputs = GoldenInputs.inputs(sample);
    for (int i = 0; i < inputs.size(); i++) {
      var expected = golden(key + "/in" + i);
      assertThat(inputs.get(i).shape())
          .as("shape of input " + key + "/in" + i + AGAIN)
          .isEqualTo(expected.shape());
      assertThat(inputs.get(i).toDoubles())
          .as("input " + key + "/in" + i + AGAIN)
          .isEqualTo(expected.toDoubles());
    }
  }

  private void check(Operation op, Operation.Sample sample, Device device, DType dtype) {
    var key = GoldenInputs.key(op, sample);
    var run = SampleRun.of(op, sample, device, dtype);
    compare(key + "/out", run.output());
    for (int i = 0; i < run.gradients().size(); i++) {
      var gradient = run.gradients().get(i);
      if (op.differentiable() && sample.inputs().get(i).dtype() == null) {
        assertThat(gradient).as("gradient of input " + i).isNotNull();
        compare(key + "/grad" + i, gradient);
      } else {
        assertThat(gradient).as("gradient of input " + i).isNull();
        assertThat(file(op.name())).doesNotContainKey(label(key) + "/grad" + i);
      }
    }
  }

  private void compare(String key, Tensor actual) {
    var expected = golden(key);
    boolean wide = actual.dtype() == DType.F64;
    double rtol = wide ? 1e-10 : 2e-5;
    double atol = wide ? 1e-10 : 1e-5;
    assertThat(actual.shape()).as("shape of " + key).isEqualTo(expected.shape());
    assertThat(actual.dtype().isFloat())
        .as("is " + key + " floating")
        .isEqualTo(expected.dtype().isFloat());
    Values.assertClose(key, actual, expected.toDoubles(), rtol, atol);
  }

  private static String label(String key) {
    return key.substring(key.indexOf('/') + 1);
  }

  /** What no sample asks for any more is dead weight. */
  @Test
  void nothingIsLeftOver() throws IOException, URISyntaxException {
    var names = new HashSet<String>();
    for (var op : OperationTable.all()) {
      names.add(op.name() + ".npz");
      var known = new HashSet<String>();
      op.samples().forEach(sample -> known.add(label(GoldenInputs.key(op, sample))));
      var left =
          new HashSet<>(
              file(op.name()).keySet().stream()
                  .map(key -> key.substring(0, key.lastIndexOf('/')))
                  .toList());
      left.removeAll(known);
      assertThat(left).as(op.name() + ": samples that are not there" + AGAIN).isEmpty();
    }
    var folder = Path.of(GoldenValuesTest.class.getResource("/golden").toURI());
    try (var listed = Files.list(folder)) {
      assertThat(listed.map(file -> file.getFileName().toString()))
          .as("files of operations that are not there" + AGAIN)
          .filteredOn(name -> name.endsWith(".npz"))
          .isSubsetOf(names);
    }
  }
}
