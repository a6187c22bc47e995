package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Where operations of order and statistics have a choice (ties, NaN, infinities, zeros, nothing at
 * all) they choose as PyTorch does; the numbers here are what PyTorch 2.13 printed.
 */
class OrderingTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float[] MIXED = {2, NAN, -0f, 0, -INF, 2, INF, NAN, 1};

  /** The gradient of the sum of what {@code f} makes of these numbers. */
  private static double[] gradient(UnaryOperator<Tensor> f, double... values) {
    var x = Tensor.of(values, values.length).requiresGrad(true);
    f.apply(x).sum().backward();
    return x.grad().toDoubles();
  }

  @Test
  void nanIsLargestAndEqualsKeepTheirOrder() {
    var x = Tensor.of(MIXED, 9);
    var rising = x.sort(0, false);
    assertThat(rising.values().toFloats()).containsExactly(-INF, -0f, 0, 1, 2, 2, INF, NAN, NAN);
    assertThat(rising.indices().toLongs()).containsExactly(4, 2, 3, 8, 0, 5, 6, 1, 7);
    var falling = x.sort(0, true);
    assertThat(falling.values().toFloats()).containsExactly(NAN, NAN, INF, 2, 2, 1, -0f, 0, -INF);
    assertThat(falling.indices().toLongs()).containsExactly(1, 7, 6, 0, 5, 8, 2, 3, 4);
    assertThat(x.topk(4).values().toFloats()).containsExactly(NAN, NAN, INF, 2);
    assertThat(x.kthValue(7, 0, false).indices().itemLong()).isEqualTo(6);
  }

  @Test
  void nanIsTheMedianAndEveryQuantile() {
    var x = Tensor.of(new float[] {3, NAN, 1, 2}, 4);
    assertThat(x.median(0, false).values().item()).isNaN();
    assertThat(x.median(0, false).indices().itemLong()).isEqualTo(1);
    assertThat(x.median().item()).isNaN();
    var even = Tensor.of(new float[] {4, 1, 3, 2}, 4).median(0, false);
    assertThat(even.values().item()).isEqualTo(2);
    assertThat(even.indices().itemLong()).isEqualTo(3);
    assertThat(Tensor.zeros(0).median().item()).isNaN();
    var rows = Tensor.of(new float[] {1, NAN, 3, 1, 5, 2}, 2, 3);
    assertThat(rows.quantile(0.25, 1, false).toFloats()).containsExactly(NAN, 1.5f);
  }

  @Test
  void runningExtremaStayWithNan() {
    var most = Tensor.of(new float[] {1, 3, 3, NAN, 5, NAN}, 6).cummax(0);
    assertThat(most.values().toFloats()).containsExactly(1, 3, 3, NAN, NAN, NAN);
    assertThat(most.indices().toLongs()).containsExactly(0, 1, 2, 3, 3, 5);
    var least = Tensor.of(new float[] {1, 1, 3, NAN, -5}, 5).cummin(0);
    assertThat(least.values().toFloats()).containsExactly(1, 1, 1, NAN, NAN);
    assertThat(least.indices().toLongs()).containsExactly(0, 1, 1, 3, 3);
    var sums = Tensor.of(new float[] {-INF, -INF, 1, INF, INF, 2}, 6).logCumSumExp(0);
    assertThat(sums.toFloats()).containsExactly(-INF, -INF, 1, INF, INF, INF);
  }

  @Test
  void uniqueTellsZerosTogetherAndNanApart() {
    var unique = Tensor.of(new float[] {2, NAN, 0, -0f, 2, NAN}, 6).unique();
    assertThat(unique.values().toFloats()).containsExactly(0, 2, NAN, NAN);
    assertThat(unique.inverse().toLongs()).containsExactly(1, 2, 0, 0, 1, 3);
    assertThat(unique.counts().toLongs()).containsExactly(2, 2, 1, 1);
  }

  @Test
  void searchesWithNanAndInfinity() {
    var line = Tensor.of(new float[] {1, 2, 3}, 3);
    var sought = Tensor.of(new float[] {NAN, -INF, INF}, 3);
    assertThat(Tensor.searchSorted(line, sought, false).toLongs()).containsExactly(3, 0, 3);
    var holed = Tensor.of(new float[] {1, 2, NAN}, 3);
    var more = Tensor.of(new float[] {NAN, 2.5f, 3}, 3);
    assertThat(Tensor.searchSorted(holed, more, false).toLongs()).containsExactly(3, 3, 3);
  }

  /** As {@code torch.isin} and {@code numpy.isin}, whose NaN is in no set. */
  @Test
  void aSetWithNanHasItsNumbersStill() {
    var x = Tensor.of(new float[] {1, NAN, 3, -INF, INF, 2});
    assertThat(x.isIn(Tensor.of(new float[] {NAN, 1, 3, NAN})).toBooleans())
        .containsExactly(true, false, true, false, false, false);
    assertThat(x.isIn(Tensor.of(new float[] {-INF, NAN, 2})).toBooleans())
        .containsExactly(false, false, false, true, false, true);
    assertThat(x.isIn(Tensor.of(new float[] {NAN})).toBooleans()).containsOnly(false);
    var eight = x.to(DType.F8_E4M3); // whose infinities are ±448
    assertThat(eight.isIn(Tensor.of(new float[] {NAN, 1}).to(DType.F8_E4M3)).toBooleans())
        .containsExactly(true, false, false, false, false, false);
  }

  /** Running sums of narrow integers are i64, as in PyTorch and NumPy. */
  @Test
  void runningSumsDoNotOverflowBeforeSumsDo() {
    for (var dtype : new DType[] {DType.I8, DType.U8, DType.I16, DType.I32, DType.BOOL}) {
      var x = Tensor.ones(300).to(dtype);
      assertThat(x.cumsum(0).dtype()).as(dtype.toString()).isEqualTo(DType.I64);
      assertThat(x.cumsum(0).get(299)).as(dtype.toString()).isEqualTo(x.sum().item());
    }
  }

  /** As in PyTorch: the place in row-major order, of the first of equals; NaN wins. */
  @Test
  void placesAmongAllElements() {
    var x = Tensor.of(new float[] {1, 5, 2, 5, 0, 0}, 2, 3);
    assertThat(x.argmax().itemLong()).isEqualTo(1);
    assertThat(x.argmin().itemLong()).isEqualTo(4);
    assertThat(x.t().argmax().itemLong()).isEqualTo(1);
    assertThat(x.t().argmin().itemLong()).isEqualTo(3);
    assertThat(Tensor.scalar(3).argmax().itemLong()).isZero();
    assertThat(Tensor.of(new float[] {1, NAN, 2}).argmin().itemLong()).isEqualTo(1);
    assertThatThrownBy(() -> Tensor.zeros(0, 3).argmax()).hasMessageStartingWith("argmax: ");
  }

  @Test
  void whatIsEmptyHasNoLargestAndTheErrorSaysWhatWasAsked() {
    var x = Tensor.zeros(0, 3);
    assertThatThrownBy(() -> x.max(0, false)).hasMessageStartingWith("max: ");
    assertThatThrownBy(() -> x.min(0, false)).hasMessageStartingWith("min: ");
    assertThatThrownBy(() -> x.maxWithIndices(0, false)).hasMessageStartingWith("maxWithIndices: ");
    assertThatThrownBy(() -> x.minWithIndices(2, false)).hasMessageStartingWith("minWithIndices: ");
    assertThatThrownBy(() -> x.argmin(0, false)).hasMessageStartingWith("argmin: ");
  }

  @Test
  void histogramsLeaveOutNanAndStretchWhereThereIsNoRange() {
    var x = Tensor.of(new float[] {0, 0.5f, 1, 2, NAN, 3}, 6);
    assertThat(x.histc(4, 0, 2).toFloats()).containsExactly(1, 1, 1, 1);
    assertThat(Tensor.full(2, 2).histc(2, 0, 0).toFloats()).containsExactly(0, 2);
  }

  @Test
  void theModeStandsWhereItsIndexSays() {
    var x = Tensor.of(new float[] {NAN, NAN, 1, 2, 2}, 5);
    assertThat(x.mode(0, false).values().item()).isEqualTo(2);
    assertThat(x.mode(0, false).indices().itemLong()).isEqualTo(4);
  }

  @Test
  void scalarsHaveCoordinatesWithoutAxes() {
    assertThat(Tensor.scalar(3).nonZero().shape()).isEqualTo(Shape.of(1, 0));
    assertThat(Tensor.scalar(0).nonZero().shape()).isEqualTo(Shape.of(0, 0));
  }

  @Test
  void truthOfNumbersIsWhetherTheyAreNotZero() {
    var x = Tensor.of(new float[] {0, -0f, NAN}, 3);
    assertThat(x.any().toBooleans()).containsExactly(true);
    assertThat(x.all().toBooleans()).containsExactly(false);
    assertThat(x.all().dtype()).isEqualTo(DType.BOOL);
  }

  @Test
  void equalsShareTheGradientOfReductionsAndTheFirstTakesThatOfPicks() {
    assertThat(gradient(Tensor::max, 3, 1, 3, 0)).containsExactly(0.5, 0, 0.5, 0);
    assertThat(gradient(Tensor::min, 0, 1, 0)).containsExactly(0.5, 0, 0.5);
    assertThat(gradient(x -> x.amax(new int[] {0}, false), 3, 1, 3, 0))
        .containsExactly(0.5, 0, 0.5, 0);
    assertThat(
            gradient(
                x -> {
                  var both = x.aminmax(new int[0], false);
                  return both.min().add(both.max().mul(2));
                },
                3,
                1,
                3,
                1))
        .containsExactly(1, 0.5, 1, 0.5);
    assertThat(gradient(x -> x.maxWithIndices(0, false).values(), 3, 1, 3, 0))
        .containsExactly(1, 0, 0, 0);
    assertThat(gradient(Tensor::median, 1, 3, 3, 5)).containsExactly(0, 0.5, 0.5, 0);
    assertThat(gradient(x -> x.median(0, false).values(), 1, 3, 3, 5)).containsExactly(0, 1, 0, 0);
    assertThat(gradient(Tensor::max, 1, NAN, NAN)).containsExactly(0, 0.5, 0.5);
    var weights = Tensor.of(new double[] {1, 2, 3, 4}, 4);
    assertThat(gradient(x -> x.cummax(0).values().mul(weights), 1, 3, 3, 2))
        .containsExactly(1, 2, 7, 0);
  }

  @Test
  void whereThereIsNoSlopeTheGradientIsZero() {
    assertThat(gradient(x -> x.std(1), 2, 2, 2)).containsExactly(0, 0, 0);
    double[] orders = {
      0, 0.5, 1, 1.5, 2, 3, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1
    };
    double[] values = {2, 8, 4, 3.17480206489563, 2.8284270763397217, 2.5198421478271484, 2, 0, 0};
    double[] slopes = {
      0, 2, 1, 0.7937005259840997, 0.7071067811865475, 0.6299605249474365, 0.5, 0, 0
    };
    for (int i = 0; i < orders.length; i++) {
      double p = orders[i];
      UnaryOperator<Tensor> norm = x -> x.norm(p, new int[0], false);
      assertThat(norm.apply(Tensor.of(new double[] {0, -2, 2}, 3)).item())
          .as("norm %s", p)
          .isEqualTo(values[i], within(1e-6));
      double[] slope = gradient(norm, 0, -2, 2);
      assertThat(slope[0]).as("norm %s", p).isZero();
      assertThat(slope[1]).as("norm %s", p).isEqualTo(-slopes[i], within(1e-12));
      assertThat(slope[2]).as("norm %s", p).isEqualTo(slopes[i], within(1e-12));
      assertThat(gradient(norm, 0, 0)).as("norm %s", p).containsExactly(0, 0);
    }
  }

  /** First and second gradients of f, both weighted as the PyTorch script weighted them. */
  private static double[][] twice(UnaryOperator<Tensor> f, double... values) {
    int n = values.length;
    var x = Tensor.of(values, n).requiresGrad(true);
    f.apply(x)
        .mul(Tensor.arange(1, n + 1, 1).to(DType.F64))
        .sum()
        .backward(Tensor.full(x.device(), DType.F64, Shape.of(), 1), true, true);
    var first = x.grad();
    double[] firstValues = first.toDoubles();
    var again = first.mul(Tensor.arange(2, n + 2, 1).to(DType.F64)).sum();
    again.backward();
    double[] sum = x.grad().toDoubles();
    for (int i = 0; i < n; i++) {
      sum[i] -= firstValues[i]; // the second pass adds to the first's gradient
    }
    return new double[][] {firstValues, sum};
  }

  @Test
  void runningProductsHaveSecondGradientsEvenAtZeros() {
    var zeros = twice(x -> x.cumprod(0), 2, 0, 3, 0, -1);
    assertThat(zeros[0]).containsExactly(1, 22, 0, 0, 0);
    assertThat(zeros[1]).containsExactly(33, 16, 18, -18, 0);
    var plain = twice(x -> x.cumprod(0), 2, 0.5, 3, -1.5);
    assertThat(plain[0]).containsExactly(new double[] {-2.5, -14, -3, 12}, within(1e-12));
    assertThat(plain[1]).containsExactly(new double[] {3, 82, -1, 100}, within(1e-12));
  }

  @Test
  void secondGradientsOfRunningSumsAndNorms() {
    var sums = twice(x -> x.logCumSumExp(0), 0.2, -1, 1.5);
    assertThat(sums[1])
        .containsExactly(
            new double[] {-1.2834812280979238, 0.2581627323053539, 1.0253184957925674},
            within(1e-12));
    var norm = twice(x -> x.norm(3, new int[0], false), 1, -2, 4);
    assertThat(norm[1])
        .containsExactly(
            new double[] {0.8658266978429124, 6.154898482492008, 2.860992566785276}, within(1e-12));
  }

  @Test
  void variancesOfTooFew() {
    assertThat(Tensor.of(new float[] {3}, 1).var(1).item()).isNaN();
    assertThat(Tensor.of(new float[] {3, 4}, 2).var(2).item()).isInfinite();
    assertThat(Tensor.of(new float[] {3, 4}, 2).var(5).item()).isInfinite();
  }
}
