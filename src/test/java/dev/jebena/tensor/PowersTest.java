package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.DType;
import dev.jebena.testing.TestDevices;
import org.junit.jupiter.api.Test;

/** Powers at the edges, on each device: what IEEE 754, NumPy and PyTorch 2.13 say. */
class PowersTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  /** Base, exponent and power. */
  private static final double[][] POWERS = {
    {1, NAN, 1},
    {1, INF, 1},
    {1, -INF, 1},
    {-1, INF, 1},
    {-1, -INF, 1},
    {-1, NAN, NAN},
    {NAN, 0, 1},
    {NAN, 1, NAN},
    {0, 0, 1},
    {0, -1, INF},
    {0, NAN, NAN},
    {0.5, INF, 0},
    {0.5, -INF, INF},
    {-2, 3, -8},
    {-2, 2, 4},
    {-2, 0.5, NAN},
    {-INF, 3, -INF},
    {-INF, 2, INF},
    {INF, -1, 0},
    {9, 0.5, 3},
  };

  @Test
  void oneToAnyPowerIsOne() {
    for (var name : Devices.names()) {
      if (TestDevices.whyMissing(name).isPresent()) {
        continue;
      }
      var device = Devices.get(name);
      for (var dtype : new DType[] {DType.F64, DType.F32, DType.F16, DType.BF16}) {
        if (!device.dtypes().contains(dtype)) {
          continue;
        }
        var table = Tensor.of(POWERS).to(dtype).to(device);
        var powers = table.select(1, 0).pow(table.select(1, 1)).to(DType.F64);
        assertThat(powers.toDoubles())
            .as(name + " " + dtype)
            .isEqualTo(Tensor.of(POWERS).select(1, 2).toDoubles());
        for (var row : POWERS) {
          var x = Tensor.of(new double[] {row[0]}).to(dtype).to(device);
          assertThat(x.pow(row[1]).to(DType.F64).toDoubles())
              .as("%s ^ %s on %s", row[0], row[1], name)
              .containsExactly(row[2]);
        }
      }
    }
  }
}
