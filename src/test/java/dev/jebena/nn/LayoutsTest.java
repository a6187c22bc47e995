package dev.jebena.nn;

import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import dev.jebena.testing.AgainstReference;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of the operation table on inputs that lie in memory in every other way: transposed,
 * with gaps, and backwards. Results and gradients are those of the reference on the inputs as the
 * rows have them.
 */
class LayoutsTest {
  /** What these make depends on how their input lies, or they refuse some layouts. */
  private static final Set<String> LAYOUT_MATTERS = Set.of("asStrided", "view");

  @TestFactory
  Stream<DynamicTest> everyRowTakesEveryLayout() {
    var expected = new AgainstReference();
    return OperationTable.all().stream()
        .filter(op -> !LAYOUT_MATTERS.contains(op.name()))
        .flatMap(op ->
            op.samples().stream()
                .flatMap(sample ->
                    Stream.of(View.TRANSPOSED, View.SLICED, View.REVERSED)
                        .flatMap(view ->
                            Stream.of("cpu", "reference")
                                .map(device ->
                                    test(op, sample, view, Devices.get(device), expected)))));
  }

  private static DynamicTest test(
      Operation op, Operation.Sample sample, View view, Device device, AgainstReference expected) {
    var relaid =
        new Operation.Sample(
            sample.label(),
            sample.inputs().stream().map(input -> relaid(input, view)).toList(),
            sample.attributes());
    return DynamicTest.dynamicTest(
        op.name() + ": " + sample.label() + " " + view + " on " + device.name(),
        () -> expected.check(op, sample, relaid, device, DType.F32));
  }

  /** As it is where it has a layout of its own, or no axes that could lie otherwise. */
  private static Input relaid(Input input, View view) {
    int needed = view == View.TRANSPOSED ? 2 : 1;
    boolean free = input.view() == View.CONTIGUOUS && input.shape().size() >= needed;
    return free ? input.as(view) : input;
  }
}
