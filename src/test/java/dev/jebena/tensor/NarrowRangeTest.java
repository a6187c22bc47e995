package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.DType;
import org.junit.jupiter.api.Test;

/**
 * What is computed in several steps is a number wherever the result is one, though sums and squares
 * on the way are beyond the 65,504 of f16: closed forms, rounded to f16 as PyTorch rounds them.
 */
class NarrowRangeTest {
  private static final int[] LAST = {-1};

  /** Ten rows of a hundred times 300, whose squares are beyond f16. */
  private static Tensor rows() {
    return Tensor.full(300, 10, 100).to(DType.F16);
  }

  private static void is(double expected, Tensor actual) {
    assertThat(actual.dtype()).isEqualTo(DType.F16);
    double rounded = Tensor.of(new double[] {expected}).to(DType.F16).item();
    assertThat(actual.to(DType.F64).toDoubles()).containsOnly(rounded);
  }

  @Test
  void meansOfManyNumbers() {
    is(1, Tensor.ones(70_000).to(DType.F16).mean());
    is(60_000, Tensor.full(60_000, 3, 4).to(DType.F16).mean(0, true));
    is(300, rows().nanMean(LAST, false));
    is(300, rows().varMean(LAST, 1, false).mean());
  }

  @Test
  void spread() {
    is(0, rows().var(LAST, 1, false));
    var x = Tensor.of(new float[] {-400, 400}).to(DType.F16);
    is(400, x.std(0));
    is(400, x.stdMean(LAST, 0, false).std());
  }

  @Test
  void lengths() {
    is(3000, rows().norm(-1, false));
    is(300 * Math.cbrt(100), rows().norm(3, LAST, false));
    is(0.1, rows().normalize(-1));
    is(1, rows().cosineSimilarity(rows(), -1));
    is(6000, rows().cdist(rows().neg()));
  }

  @Test
  void exponentialSumsOfManyNumbers() {
    is(Math.log(70_000), Tensor.zeros(70_000).to(DType.F16).logSumExp());
    is(Math.log(300), Tensor.zeros(2, 300).to(DType.BF16).to(DType.F16).logSumExp(-1, false));
  }

  @Test
  void theirGradientsAreNumbersToo() {
    var x = rows().requiresGrad(true);
    x.norm(-1, false).sum().backward();
    is(0.1, x.grad());
    var y = Tensor.full(2, 70_000).to(DType.F16).requiresGrad(true);
    y.mean().backward();
    assertThat(y.grad().to(DType.F64).max().item()).isCloseTo(1.0 / 70_000, within(6e-8));
  }
}
