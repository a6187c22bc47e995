package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.einops.EinopsException;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.testing.SampleRun;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of the operation table in the types that it does not claim: it computes all the same,
 * or says in words that it does not take them. Nothing else may come out.
 */
class UnclaimedTypesTest {
  @TestFactory
  Stream<DynamicTest> computesOrRefusesWithWords() {
    return OperationTable.all().stream()
        .flatMap(op ->
            Arrays.stream(DType.values())
                .filter(dtype -> !op.dtypes().contains(dtype))
                .map(dtype ->
                    DynamicTest.dynamicTest(op.name() + " " + dtype, () -> check(op, dtype))));
  }

  private static void check(Operation op, DType dtype) {
    try {
      SampleRun.of(op, op.samples().getFirst(), Devices.get("cpu"), dtype);
    } catch (DTypeException | EinopsException e) {
      assertThat(e).hasMessageMatching("(?s)\\w+( of \\d+)?: .{10,}");
    }
  }
}
