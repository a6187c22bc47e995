package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.autograd.GradientCheck;
import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.DeferredDevice;
import dev.jebena.testing.SampleInputs;
import dev.jebena.testing.SampleRun;
import dev.jebena.testing.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Walks the operation table. */
class OperationTableTest {
  private static final Device REFERENCE = Devices.get("reference");

  @Test
  void namesAreUnique() {
    assertThat(OperationTable.all().stream().map(Operation::name).toList()).doesNotHaveDuplicates();
  }

  @Test
  void everyRowHasSamplesAndErrors() {
    for (var op : OperationTable.all()) {
      assertThat(op.samples()).as(op.name()).isNotEmpty();
    }
  }

  @TestFactory
  Stream<DynamicTest> gradientsAgreeWithDifferences() {
    return OperationTable.all().stream()
        .filter(Operation::differentiable)
        .flatMap(op ->
            op.samples().stream()
                .filter(sample -> sample.inputs().stream().anyMatch(i -> i.dtype() == null))
                .map(sample -> gradientTest(op, sample)));
  }

  private DynamicTest gradientTest(Operation op, Operation.Sample sample) {
    return DynamicTest.dynamicTest(
        op.name() + ": " + sample.label(),
        () -> {
          var inputs = SampleInputs.make(sample, REFERENCE, DType.F64);
          var checked = new ArrayList<Tensor>();
          for (var input : inputs) {
            // tables of cosines and the like are constants of their own type
            if (input.dtype() != DType.F32) {
              checked.add(input);
            }
          }
          var wrong =
              on(REFERENCE)
                  .call(() ->
                      GradientCheck.check(
                          leaves -> op.apply().apply(merged(inputs, leaves), sample.attributes()),
                          checked.toArray(new Tensor[0])));
          assertThat(wrong).isEmpty();
        });
  }

  private static Tensor[] merged(Tensor[] inputs, Tensor[] leaves) {
    var all = inputs.clone();
    int next = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i].dtype() != DType.F32) {
        all[i] = leaves[next++];
      }
    }
    return all;
  }

  @TestFactory
  Stream<DynamicTest> everyDeviceAgreesWithTheReference() {
    var devices = devices();
    var expected = new HashMap<String, SampleRun>();
    return OperationTable.all().stream()
        .flatMap(op ->
            op.samples().stream()
                .flatMap(sample ->
                    devices.entrySet().stream()
                        .flatMap(device ->
                            op.dtypes().stream()
                                .sorted()
                                .map(dtype ->
                                    deviceTest(
                                        op,
                                        sample,
                                        device.getKey(),
                                        device.getValue(),
                                        dtype,
                                        expected)))));
  }

  /** Every device that is installed, and the one that completes late. */
  private static Map<String, Device> devices() {
    var found =
        Devices.names().stream()
            .filter(name -> !name.equals("reference"))
            .collect(Collectors.toMap(name -> name, Devices::get));
    found.put("deferred", DeferredDevice.primitivesOnly());
    found.put("deferred fused", DeferredDevice.withFused());
    return found;
  }

  private DynamicTest deviceTest(
      Operation op,
      Operation.Sample sample,
      String name,
      Device device,
      DType dtype,
      Map<String, SampleRun> known) {
    return DynamicTest.dynamicTest(
        op.name() + ": " + sample.label() + " on " + name + " " + dtype,
        () -> {
          // f32 and f64 have the same inputs, and so the same results to come near
          var held = dtype == DType.F32 ? DType.F64 : dtype;
          var expected =
              known.computeIfAbsent(
                  op.name() + "/" + sample.label() + "/" + held, key -> truth(op, sample, held));
          var actual = SampleRun.of(op, sample, device, dtype);
          compare("output", actual.output(), expected.output(), dtype);
          for (int i = 0; i < expected.gradients().size(); i++) {
            var what = "gradient of input " + i;
            compare(what, actual.gradients().get(i), expected.gradients().get(i), dtype);
          }
        });
  }

  /** The reference: floats in f64 on what the type makes of the inputs, others as they are. */
  private static SampleRun truth(Operation op, Operation.Sample sample, DType dtype) {
    return SampleRun.of(op, sample, REFERENCE, dtype.isFloat() ? DType.F64 : dtype, dtype);
  }

  /** A few units in the last place of the type, since gradients round at each step. */
  private static double tolerance(DType dtype) {
    return switch (dtype) {
      case F64 -> 1e-10;
      case F32 -> 2e-5;
      case F16 -> 4e-3;
      case BF16 -> 3e-2;
      case F8_E4M3 -> 0.13;
      case F8_E5M2 -> 0.25;
      case I64, I32, I16, I8, U8, BOOL -> 0;
    };
  }

  private static void compare(String what, Tensor actual, Tensor expected, DType dtype) {
    if (expected == null) {
      assertThat(actual).as(what).isNull();
      return;
    }
    double rtol = tolerance(dtype);
    double atol = dtype == DType.F32 ? 1e-5 : rtol;
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    Values.assertClose(what, actual, expected.to(DType.F64).toDoubles(), rtol, atol);
  }

  private static Context on(Device device) {
    return Context.current().withDevice(device);
  }

  @TestFactory
  Stream<DynamicTest> badInputsAreRefusedWithWords() {
    return OperationTable.all().stream()
        .flatMap(op ->
            op.errors().stream()
                .map(error ->
                    DynamicTest.dynamicTest(
                        op.name() + ": " + error.message(),
                        () -> {
                          var sample = new Operation.Sample("", error.inputs(), error.attributes());
                          var inputs = SampleInputs.make(sample, REFERENCE, DType.F32);
                          assertThatThrownBy(() ->
                                  on(REFERENCE)
                                      .run(() -> op.apply().apply(inputs, error.attributes())))
                              .isInstanceOf(IllegalArgumentException.class)
                              .hasMessageContaining(error.message());
                        })));
  }
}
