package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.GoldenInputs;
import dev.jebena.testing.SampleInputs;
import dev.jebena.testing.Values;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of the operation table on inputs without elements: of each sample, the axes of one size
 * after the other are cut to 0. Results and gradients are those of PyTorch, which {@code
 * src/test/python/empty.py} writes down; what it refuses is refused, with few exceptions.
 */
class EmptyInputsTest {
  /** Where PyTorch refuses what has a result: an empty one, or one that reads nothing. */
  private static final Set<String> ALLOWED_HERE =
      Set.of(
          "asStrided",
          "padReflect",
          "padReplicate",
          "padCircular",
          "quantile",
          "quantiles",
          "uniqueAlongAxis",
          "uniqueAlongAxisInverse",
          "uniqueAlongAxisCounts",
          "pack",
          "unpack",
          "rope");

  private static final String REFUSED = "refused";

  @TestFactory
  Stream<DynamicTest> whatPyTorchGives() throws IOException {
    var expected = expected();
    return OperationTable.all().stream()
        .flatMap(op ->
            op.samples().stream()
                .flatMap(sample ->
                    sizes(sample).stream()
                        .flatMap(size ->
                            Stream.of("reference", "cpu")
                                .map(device -> test(op, sample, size, device, expected)))));
  }

  private static DynamicTest test(
      Operation op,
      Operation.Sample sample,
      long size,
      String device,
      Map<String, String> expected) {
    var key = GoldenInputs.key(op, sample) + "/" + size;
    return DynamicTest.dynamicTest(
        key + " on " + device,
        () -> {
          var said = expected.get(key);
          assertThat(said).as(key + " is not known; run src/test/python/empty.py").isNotNull();
          if (!said.equals(REFUSED)) {
            compare(key, run(op, sample, size, device), said.split(" \\| "));
          } else if (!ALLOWED_HERE.contains(op.name())) {
            assertThatThrownBy(() -> run(op, sample, size, device))
                .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class);
          }
        });
  }

  private static Map<String, String> expected() throws IOException {
    var lines = new HashMap<String, String>();
    try (var file = EmptyInputsTest.class.getResourceAsStream("/empty/expected.txt.gz");
        var text =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
      for (var line = text.readLine(); line != null; line = text.readLine()) {
        int tab = line.indexOf('\t');
        lines.put(line.substring(0, tab), line.substring(tab + 1));
      }
    }
    return lines;
  }

  private static Set<Long> sizes(Operation.Sample sample) {
    var sizes = new TreeSet<Long>();
    sample.inputs().forEach(input -> sizes.addAll(input.shape()));
    sizes.removeIf(size -> size <= 1);
    return sizes;
  }

  /** The output, and the gradient of its sum with respect to each trained input. */
  private static List<Tensor> run(Operation op, Operation.Sample sample, long size, String device) {
    return Context.current()
        .withDevice(Devices.get(device))
        .call(() -> {
          var inputs = SampleInputs.make(sample, Devices.get(device), DType.F64);
          var trained = new ArrayList<Tensor>();
          for (int i = 0; i < inputs.length; i++) {
            inputs[i] = cut(inputs[i], size);
            if (op.differentiable() && sample.inputs().get(i).dtype() == null) {
              trained.add(inputs[i].requiresGrad(true));
            }
          }
          var results = new ArrayList<Tensor>();
          var out = op.apply().apply(inputs, sample.attributes());
          results.add(out.detach());
          if (out.requiresGrad()) {
            out.sum().backward();
            for (var leaf : trained) {
              results.add(leaf.grad() == null ? Tensor.zerosLike(leaf) : leaf.grad());
            }
          }
          return results;
        });
  }

  private static Tensor cut(Tensor x, long size) {
    var out = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      out = x.size(axis) == size ? out.slice(axis, 0, 0) : out;
    }
    return out.copy();
  }

  private static void compare(String key, List<Tensor> actual, String... expected) {
    assertThat(actual).as("output and gradients of " + key).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      int end = expected[i].indexOf(']');
      var what = (i == 0 ? "output of " : "gradient " + (i - 1) + " of ") + key;
      assertThat(actual.get(i).shape().toString())
          .as("shape of " + what)
          .isEqualTo(expected[i].substring(0, end + 1));
      double[] values =
          Arrays.stream(expected[i].substring(end + 1).split(" "))
              .filter(word -> !word.isEmpty())
              .mapToDouble(EmptyInputsTest::number)
              .toArray();
      Values.assertClose(what, actual.get(i), values, 2e-5, 1e-6);
    }
  }

  private static double number(String word) {
    return switch (word) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(word);
    };
  }
}
