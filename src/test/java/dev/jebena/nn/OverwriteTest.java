package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.autograd.GradientCheck;
import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.OverwrittenException;
import dev.jebena.testing.SampleInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Overwrites each input, and the output, of every row of the operation table between forward and
 * backward: the gradients must be exactly the undisturbed ones, or backward must refuse.
 */
class OverwriteTest {
  private static final int OUTPUT = -1;
  private static final int NOTHING = -2;

  @TestFactory
  Stream<DynamicTest> noOverwriteIsSilent() {
    return OperationTable.all().stream()
        .filter(Operation::differentiable)
        .flatMap(op ->
            op.samples().stream()
                .filter(sample -> sample.inputs().stream().anyMatch(i -> i.dtype() == null))
                .flatMap(sample ->
                    Stream.of("reference", "cpu")
                        .map(device ->
                            DynamicTest.dynamicTest(
                                op.name() + ": " + sample.label() + " on " + device,
                                () -> check(op, sample, Devices.get(device))))));
  }

  private static int check(Operation op, Operation.Sample sample, Device device) {
    var undisturbed = gradients(op, sample, device, NOTHING);
    int refused = 0;
    for (int victim = OUTPUT; victim < sample.inputs().size(); victim++) {
      List<double[]> disturbed;
      try {
        disturbed = gradients(op, sample, device, victim);
      } catch (OverwrittenException e) {
        assertThat(e).hasMessageContaining("that overwrite overwrote after");
        refused++;
        continue;
      }
      for (int i = 0; i < undisturbed.size(); i++) {
        assertThat(disturbed.get(i))
            .as("gradient " + i + " after overwriting " + victim)
            .isEqualTo(undisturbed.get(i));
      }
    }
    return refused;
  }

  /** The gradients of one sample; empty where there is none. */
  private static List<double[]> gradients(
      Operation op, Operation.Sample sample, Device device, int victim) {
    return Context.current()
        .withDevice(device)
        .call(() -> {
          var inputs = SampleInputs.make(sample, device, DType.F32);
          for (int i = 0; i < inputs.length; i++) {
            if (sample.inputs().get(i).dtype() == null) {
              inputs[i].requiresGrad(true);
            }
          }
          var out = op.apply().apply(inputs, sample.attributes());
          if (!out.requiresGrad()) {
            return List.of();
          }
          var loss = GradientCheck.weighted(out);
          if (victim != NOTHING) {
            var target = victim == OUTPUT ? out : inputs[victim];
            device.primitives().fill(target.writable("overwrite"), 0);
          }
          loss.backward();
          var gradients = new ArrayList<double[]>();
          for (var input : inputs) {
            gradients.add(input.grad() == null ? new double[0] : input.grad().toDoubles());
          }
          return gradients;
        });
  }

  /** The table must contain operations of both kinds, or the test above proves nothing. */
  @Test
  void someRefuseAndSomeDoNotCare() {
    var refusing = new AtomicInteger();
    var careless = new AtomicInteger();
    for (var op : OperationTable.all()) {
      if (List.of("mul", "exp", "matmul", "add", "sum", "transpose").contains(op.name())) {
        int refused = check(op, op.samples().getFirst(), Devices.get("cpu"));
        (refused > 0 ? refusing : careless).incrementAndGet();
      }
    }
    assertThat(refusing).hasValue(3);
    assertThat(careless).hasValue(3);
  }
}
