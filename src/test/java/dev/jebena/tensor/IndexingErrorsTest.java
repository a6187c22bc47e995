package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.Device;
import dev.jebena.memory.ShapeException;
import dev.jebena.testing.DeferredDevice;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Indices out of range name themselves, their axis and its size on every device. */
class IndexingErrorsTest {
  private static Map<String, Supplier<Tensor>> calls() {
    Supplier<Tensor> x = () -> Tensor.zeros(4, 6);
    Supplier<Tensor> six = () -> Tensor.of(new long[] {0, 6});
    Supplier<Tensor> low = () -> Tensor.of(new long[] {0, -7});
    var calls = new LinkedHashMap<String, Supplier<Tensor>>();
    calls.put(
        "gather: index 6 is out of range for axis 1 of size 6",
        () -> x.get().gather(1, six.get().unsqueeze(0)));
    calls.put(
        "scatterAdd: index 6 is out of range for axis 1 of size 6",
        () -> x.get().scatterAdd(1, six.get().unsqueeze(0), Tensor.zeros(1, 2)));
    calls.put(
        "scatter: index 6 is out of range for axis 1 of size 6",
        () -> x.get().scatter(1, six.get().unsqueeze(0), 1));
    calls.put(
        "indexSelect: index -7 is out of range for axis 1 of size 6",
        () -> x.get().indexSelect(1, low.get()));
    calls.put(
        "indexAdd: index 6 is out of range for axis 1 of size 6",
        () -> x.get().indexAdd(1, six.get(), Tensor.zeros(4, 2)));
    calls.put(
        "index 6 is out of range for axis 1 of size 6 (valid: -6 to 5)",
        () -> x.get().indexCopy(1, six.get(), Tensor.zeros(4, 2)));
    calls.put(
        "index -7 is out of range for axis 1 of size 6", () -> x.get().index(null, low.get()));
    calls.put(
        "index 6 is out of range for axis 0 of size 4",
        () -> x.get().indexPut(Tensor.zeros(2, 6), true, six.get()));
    calls.put(
        "index -25 is out of range for axis 0 of size 24",
        () -> x.get().take(Tensor.of(new long[] {3, -25})));
    calls.put("index 6 is out of range for axis 1 of size 5", () -> six.get().oneHot(5));
    calls.put("index -7 is out of range for axis 1 of size 8", () -> low.get().oneHot(8));
    return calls;
  }

  @TestFactory
  Stream<DynamicTest> everyDeviceNamesIndexAxisAndSize() {
    var devices =
        Map.of(
            "cpu",
            Devices.get("cpu"),
            "reference",
            Devices.get("reference"),
            "deferred",
            (Device) DeferredDevice.primitivesOnly());
    return devices.entrySet().stream()
        .flatMap(device ->
            calls().entrySet().stream()
                .map(call ->
                    DynamicTest.dynamicTest(
                        device.getKey() + ": " + call.getKey(),
                        () ->
                            assertThatThrownBy(() ->
                                    Context.current()
                                        .withDevice(device.getValue())
                                        .run(() -> call.getValue().get().toFloats()))
                                .isInstanceOf(IndexOutOfBoundsException.class)
                                .hasMessageContaining(call.getKey()))));
  }

  @Test
  void thereIsNoNegativeNumberOfClasses() {
    assertThatThrownBy(() -> Tensor.arange(3).oneHot(-1))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("oneHot: -1 classes");
  }

  @Test
  void ofSeveralValuesForOneElementTheLastStays() {
    var index = Tensor.of(new long[] {1, 1, 0, 1});
    var values = Tensor.of(new float[] {5, 6, 7, 8});
    assertThat(Tensor.zeros(3).scatter(0, index, values).toFloats()).containsExactly(7, 8, 0);
  }

  /** Zeros among the factors, where a quotient would be NaN; the values are PyTorch's. */
  @Test
  void productsWithZerosHaveGradients() {
    var x = Tensor.of(new float[] {2, 0, 3}).requiresGrad(true);
    var source = Tensor.of(new float[] {0, 5, 0, 0, 4}).requiresGrad(true);
    var index = Tensor.of(new long[] {0, 1, 2, 2, 0});
    x.scatterReduce(0, index, source, ScatterFold.PROD, true).sum().backward();
    assertThat(x.grad().toFloats()).containsExactly(0, 5, 0);
    assertThat(source.grad().toFloats()).containsExactly(8, 0, 0, 0, 0);
  }
}
