package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.cpu.Lanes;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Devices;
import dev.jebena.testing.AgainstReference;
import dev.jebena.testing.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operation table on the processor in a JVM of each vector width. Where the machine has no
 * vectors of 512 bits, the JVM computes them piece by piece: the kernels are as right there, only
 * slow, and are held all the same.
 */
class VectorWidthsTest {
  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void everyOperationAgreesWithTheReference(int bits) throws Exception {
    var said = ChildJvm.run(Walk.class, "-Xmx1g", "-Djebena.vector.bits=" + bits).lines().toList();
    assertThat(said.getFirst()).isEqualTo("vectors of " + bits + " bits");
    assertThat(said.getLast()).matches("[0-9]{4,} comparisons");
    assertThat(said).hasSize(2);
  }

  /** Prints the width, what differs, and how much was compared. */
  static final class Walk {
    /** One type for each kind of loop. */
    private static final List<DType> TYPES =
        List.of(DType.F32, DType.F64, DType.BF16, DType.I32, DType.BOOL);

    private Walk() {}

    public static void main(String[] arguments) {
      System.out.println("vectors of " + Lanes.bits() + " bits");
      var cpu = Devices.get("cpu");
      int compared = 0;
      for (var op : OperationTable.all()) {
        for (var sample : op.samples()) {
          for (var dtype : typesOf(op.dtypes())) {
            try (var _ = Scope.open()) {
              new AgainstReference().check(op, sample, cpu, dtype);
            } catch (AssertionError | RuntimeException e) {
              System.out.println(op.name() + ": " + sample.label() + " " + dtype + ": " + e);
            }
            compared++;
          }
        }
      }
      System.out.println(compared + " comparisons");
    }

    private static List<DType> typesOf(Iterable<DType> claimed) {
      var types = new ArrayList<DType>();
      for (var dtype : claimed) {
        if (TYPES.contains(dtype)) {
          types.add(dtype);
        }
      }
      return types;
    }
  }
}
