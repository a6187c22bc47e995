package dev.jebena.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Tensor;

/** Comparisons of tensors that say where they differ. */
public final class Values {
  private Values() {}

  /** Same shape, and every element within {@code atol + rtol·|expected|}. */
  public static void assertClose(
      String what, Tensor actual, double[] expected, double rtol, double atol) {
    double[] values =
        actual.dtype() == DType.BOOL ? actual.to(DType.F64).toDoubles() : actual.toDoubles();
    assertThat(values.length).as(what + ": number of elements").isEqualTo(expected.length);
    for (int i = 0; i < values.length; i++) {
      double error = Math.abs(values[i] - expected[i]);
      boolean same =
          error <= atol + rtol * Math.abs(expected[i])
              || Double.compare(values[i], expected[i]) == 0;
      if (!same) {
        throw new AssertionError(
            what + ": element " + i + " is " + values[i] + ", expected " + expected[i]);
      }
    }
  }
}
