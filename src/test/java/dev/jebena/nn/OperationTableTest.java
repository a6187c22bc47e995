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
import dev.jebena.testing.AgainstReference;
import dev.jebena.testing.DeferredDevice;
import dev.jebena.testing.SampleInputs;
import dev.jebena.testing.TestDevices;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
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
    var expected = new AgainstReference();
    var tests =
        OperationTable.all().stream()
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
    return Stream.concat(missing(), tests);
  }

  /** A test that is skipped with a word on why, for every device that this machine lacks. */
  private static Stream<DynamicTest> missing() {
    return Devices.names().stream()
        .flatMap(name ->
            TestDevices.whyMissing(name).stream()
                .map(why ->
                    DynamicTest.dynamicTest("the table on " + name, () -> Assumptions.abort(why))));
  }

  /** Every device that this machine has, and the one that completes late. */
  private static Map<String, Device> devices() {
    var found =
        Devices.names().stream()
            .filter(name -> !name.equals("reference") && TestDevices.whyMissing(name).isEmpty())
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
      AgainstReference known) {
    return DynamicTest.dynamicTest(
        op.name() + ": " + sample.label() + " on " + name + " " + dtype,
        () -> known.check(op, sample, device, dtype));
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
