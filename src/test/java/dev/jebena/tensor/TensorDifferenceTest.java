package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorDifferenceTest {
  @Test
  void contentIsTypeShapeAndValues() {
    var x = Tensor.of(new float[] {1, 2, 3, 4, 5, Float.NaN}, 2, 3);
    assertThat(x.contentEquals(x.copy())).isTrue();
    assertThat(x.transpose().contentEquals(x.transpose().contiguous())).isTrue();
    assertThat(x.contentEquals(x.to(DType.F64))).isFalse();
    assertThat(x.contentEquals(x.view(3, 2))).isFalse();
    assertThat(Tensor.of(new float[] {0}).contentEquals(Tensor.of(new float[] {-0f}))).isTrue();
    assertThat(Tensor.zeros(0, 2).contentEquals(Tensor.zeros(0, 2))).isTrue();
  }

  @Test
  void identityStaysWhatEqualsMeans() {
    var x = Tensor.zeros(2);
    assertThat(x.equals(x.copy())).isFalse();
    assertThat(x.equals(x)).isTrue();
  }

  @Test
  void whatDiffersInKindIsSaidFirst() {
    var x = Tensor.zeros(2, 3);
    assertThat(x.differenceFrom(x.to(DType.I64)))
        .hasToString("dtypes differ: f32 [2, 3] instead of i64 [2, 3]");
    assertThat(x.differenceFrom(Tensor.zeros(3, 2), 0, 0, false))
        .hasToString("shapes differ: [2, 3] instead of [3, 2]");
    assertThat(x.differenceFrom(x.to(DType.F64), 0, 0, false).isNone()).isTrue();
  }

  @Test
  void firstMismatchesAndTheLargest() {
    var expected = Tensor.arange(12).to(DType.F64).view(3, 4);
    var actual = expected.copy();
    Tensor.noGrad(() -> actual.select(1, 1).addInPlace(Tensor.scalar(0.5)));
    Tensor.noGrad(() -> actual.select(0, 2).select(0, 3).fillInPlace(-100));
    var difference = actual.differenceFrom(expected, 1e-3, 0, false);
    assertThat(difference.count()).isEqualTo(4);
    assertThat(difference.largest().coordinate()).containsExactly(2L, 3L);
    assertThat(difference.largest().absoluteError()).isEqualTo(111);
    assertThat(difference)
        .hasToString(
            """
            4 of 12 elements differ, 33% (rtol 0.001, atol 0.0)
              at [0, 1]: 1.5 instead of 1.0 (abs. error 0.500, rel. error 0.500)
              at [1, 1]: 5.5 instead of 5.0 (abs. error 0.500, rel. error 0.100)
              at [2, 1]: 9.5 instead of 9.0 (abs. error 0.500, rel. error 0.0556)
              at [2, 3]: -100.0 instead of 11.0 (abs. error 111, rel. error 10.1)
              largest at [2, 3]: -100.0 instead of 11.0 (abs. error 111, rel. error 10.1)\
            """);
    assertThatThrownBy(difference::orThrow)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("4 of 12 elements differ");
    assertThat(Tensor.zeros(9).differenceFrom(Tensor.ones(9)).toString()).contains("and 4 more");
  }

  @Test
  void tolerancesAsInNumpy() {
    // numpy.isclose(actual, expected, rtol, atol), element by element
    var actual = Tensor.of(new double[] {1.1, 0.001, 10.0, Double.POSITIVE_INFINITY, 1e300});
    var expected =
        Tensor.of(new double[] {1.0, 0, 10.2, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY});
    var wrong = actual.differenceFrom(expected, 0.05, 0.001, false);
    assertThat(wrong.first())
        .extracting(TensorDifference.Mismatch::coordinate)
        .containsExactly(List.of(0L), List.of(4L));
    assertThat(actual.allClose(actual.mul(1 + 1e-6))).isTrue();
    assertThat(actual.allClose(actual.mul(1 + 1e-4))).isFalse();
    assertThatThrownBy(() -> actual.allClose(expected, -1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nanIsCloseToNanOnlyWhereAsked() {
    var x = Tensor.of(new float[] {Float.NaN, 1});
    assertThat(x.allClose(x)).isFalse();
    assertThat(x.differenceFrom(x, 0, 0, true).isNone()).isTrue();
    var one = x.differenceFrom(Tensor.ones(2), 1, 1, true);
    assertThat(one.largest().absoluteError()).isNaN();
    assertThat(one.largest())
        .hasToString("at [0]: NaN instead of 1.0 (abs. error NaN, rel. error NaN)");
  }

  @Test
  void wholeNumbersAreComparedExactly() {
    long big = (1L << 62) + 1;
    var x = Tensor.of(new long[] {big, 5});
    var difference = x.differenceFrom(Tensor.of(new long[] {big - 1, 5}));
    assertThat(difference.count()).isOne();
    assertThat(difference.largest().actual()).isEqualTo(big);
    assertThat(difference.largest().absoluteError()).isEqualTo(1);
  }
}
