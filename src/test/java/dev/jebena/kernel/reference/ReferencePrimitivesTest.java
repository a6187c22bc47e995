package dev.jebena.kernel.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Philox;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Operands;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferencePrimitivesTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private final ReferenceDevice device = new ReferenceDevice();
  private final Primitives run = device.primitives();

  private Operand of(DType dtype, Shape shape, double... values) {
    return Operands.of(device, dtype, shape, values);
  }

  private Operand row(DType dtype, double... values) {
    return of(dtype, Shape.of(values.length), values);
  }

  private Operand empty(DType dtype, long... sizes) {
    return Operands.empty(device, dtype, sizes);
  }

  private double[] read(Operand operand) {
    return Operands.read(device, operand);
  }

  private double[] unary(UnaryOp op, DType dtype, double... values) {
    var out = empty(op.test() ? DType.BOOL : dtype, values.length);
    run.unary(op, row(dtype, values), out);
    return read(out);
  }

  private double[] binary(BinaryOp op, DType dtype, double[] a, double[] b) {
    var out = empty(op.test() ? DType.BOOL : dtype, a.length);
    run.binary(op, row(dtype, a), row(dtype, b), out);
    return read(out);
  }

  @Test
  void specialFunctionsAreAsPyTorchHasThemInF64() {
    double[] x = {-6.0, -2.5, -1.0, -0.3, 0.0, 0.001, 0.7, 1.9, 3.0, 5.5};
    double[] erf = {
      -1.0,
      -0.999593047982555,
      -0.8427007929497149,
      -0.3286267594591274,
      0.0,
      0.0011283787909692365,
      0.6778011938374184,
      0.9927904292352575,
      0.9999779095030014,
      0.9999999999999927
    };
    double[] gelu = {
      -5.919525869479969e-09,
      -0.015524163314440398,
      -0.15865525393145702,
      -0.1146265733433142,
      0.0,
      0.000500398942213911,
      0.5306254434438489,
      1.8454385363495966,
      2.99595030590511,
      5.499999895557407
    };
    double[] silu = {
      -0.014835738939808647,
      -0.18964545005310887,
      -0.2689414213699951,
      -0.1276672449565023,
      0.0,
      0.0005002499999791667,
      0.46773144051771626,
      1.652793898710304,
      2.8577223804672998,
      5.477614242562572
    };
    assertThat(unary(UnaryOp.ERF, DType.F64, x)).containsExactly(erf, within(2e-15));
    assertThat(unary(UnaryOp.GELU, DType.F64, x)).containsExactly(gelu, within(4e-15));
    assertThat(unary(UnaryOp.SILU, DType.F64, x)).containsExactly(silu, within(2e-15));
    assertThat(unary(UnaryOp.ERF, DType.F64, NAN, INF, -INF, -0.0))
        .containsExactly(NAN, 1, -1, -0.0);
    assertThat(SpecialFunctions.erfc(3.0)).isEqualTo(2.209049699858544e-05, within(1e-19));
    assertThat(SpecialFunctions.erfc(5.5)).isEqualTo(7.357847917974398e-15, within(1e-28));
  }

  @Test
  void unaryEdges() {
    assertThat(unary(UnaryOp.SIGN, DType.F32, -2, 0, 3, NAN)).containsExactly(-1, 0, 1, NAN);
    assertThat(unary(UnaryOp.RELU, DType.F32, -2, 3, NAN)).containsExactly(0, 3, NAN);
    assertThat(unary(UnaryOp.ROUND, DType.F32, 0.5, 1.5, 2.5, -0.5)).containsExactly(0, 2, 2, -0.0);
    assertThat(unary(UnaryOp.SIGMOID, DType.F32, -1000, 0, 1000)).containsExactly(0, 0.5, 1);
    assertThat(unary(UnaryOp.IS_NAN, DType.F32, NAN, INF, 1)).containsExactly(1, 0, 0);
    assertThat(unary(UnaryOp.IS_FINITE, DType.F32, NAN, INF, 1)).containsExactly(0, 0, 1);
    assertThat(unary(UnaryOp.NOT, DType.BOOL, 1, 0)).containsExactly(0, 1);
    assertThat(unary(UnaryOp.NEG, DType.I8, -128, 5)).containsExactly(-128, -5);
  }

  @Test
  void integersDivideTowardsZeroAndByZeroGiveZero() {
    double[] a = {7, -7, 7, 7};
    double[] b = {2, 2, -2, 0};
    assertThat(binary(BinaryOp.DIV, DType.I64, a, b)).containsExactly(3, -3, -3, 0);
    assertThat(
            binary(
                BinaryOp.POW, DType.I32, new double[] {2, -1, 3, 0}, new double[] {10, -3, -1, 0}))
        .containsExactly(1024, -1, 0, 1);
  }

  @Test
  void maximumAndMinimumCarryNan() {
    double[] a = {1, NAN, 3};
    double[] b = {2, 2, NAN};
    assertThat(binary(BinaryOp.MAX, DType.F32, a, b)).containsExactly(2, NAN, NAN);
    assertThat(binary(BinaryOp.MIN, DType.F32, a, b)).containsExactly(1, NAN, NAN);
    assertThat(binary(BinaryOp.LT, DType.F32, a, b)).containsExactly(1, 0, 0);
    assertThat(binary(BinaryOp.NE, DType.F32, a, b)).containsExactly(1, 1, 1);
  }

  @Test
  void narrowFloatsComputeInF32AndRoundOnce() {
    // 1 + 2⁻⁹ is lost in bf16, but the sum of it with 2⁻⁸ is made before rounding
    var x = row(DType.BF16, 1, 0.00390625);
    var out = empty(DType.BF16, 2);
    run.scalar(BinaryOp.ADD, x, 0.005859375, false, out);
    assertThat(read(out)).containsExactly(1.0078125, 0.009765625);
    run.scalar(BinaryOp.SUB, x, 1, true, out);
    assertThat(read(out)).containsExactly(0, 0.99609375);
  }

  @Test
  void copyConverts() {
    var x = row(DType.F32, 1.9, -1.9, 300, 0);
    for (var dtype : List.of(DType.I64, DType.I32, DType.I16)) {
      var out = empty(dtype, 4);
      run.copy(x, out);
      assertThat(read(out)).as(dtype.name()).containsExactly(1, -1, 300, 0);
    }
    var truth = empty(DType.BOOL, 4);
    run.copy(x, truth);
    assertThat(read(truth)).containsExactly(1, 1, 1, 0);
    var wide = row(DType.I64, (1L << 24) + 1, -3, 0, 200);
    var f32 = empty(DType.F32, 4);
    run.copy(wide, f32);
    assertThat(read(f32)).containsExactly(1L << 24, -3, 0, 200);
    var u8 = empty(DType.U8, 4);
    run.copy(wide, u8);
    assertThat(read(u8)).containsExactly(1, 253, 0, 200);
  }

  @Test
  void stridesAreFollowed() {
    var x = of(DType.F32, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    var out = empty(DType.F32, 3, 2);
    run.copy(x.with(x.layout().transpose(0, 1)), out);
    assertThat(read(out)).containsExactly(1, 4, 2, 5, 3, 6);
    run.copy(x.with(x.layout().transpose(0, 1).flip(0)), out);
    assertThat(read(out)).containsExactly(3, 6, 2, 5, 1, 4);
    var column = x.with(x.layout().slice(1, 1, 2, 1).transpose(0, 1).expand(Shape.of(3, 2)));
    run.copy(column, out);
    assertThat(read(out)).containsExactly(2, 5, 2, 5, 2, 5);
  }

  @Test
  void reductions() {
    var x = of(DType.F32, Shape.of(2, 3), 1, 2, 3, 4, NAN, 6);
    var rows = empty(DType.F32, 2, 1);
    run.reduce(ReduceOp.SUM, x, new int[] {1}, rows);
    assertThat(read(rows)).containsExactly(6, NAN);
    run.reduce(ReduceOp.MAX, x, new int[] {1}, rows);
    assertThat(read(rows)).containsExactly(3, NAN);
    run.reduce(ReduceOp.PROD, x, new int[] {1}, rows);
    assertThat(read(rows)).containsExactly(6, NAN);
    var all = empty(DType.F32, 1, 1);
    run.reduce(ReduceOp.MIN, x, new int[] {0, 1}, all);
    assertThat(read(all)).containsExactly(NAN);
    var bytes = of(DType.U8, Shape.of(2, 2), 200, 200, 1, 0);
    var sums = empty(DType.I64, 1, 2);
    run.reduce(ReduceOp.SUM, bytes, new int[] {0}, sums);
    assertThat(read(sums)).containsExactly(201, 200);
    var any = empty(DType.BOOL, 2, 1);
    var truth = of(DType.BOOL, Shape.of(2, 2), 0, 1, 0, 0);
    run.reduce(ReduceOp.ANY, truth, new int[] {1}, any);
    assertThat(read(any)).containsExactly(1, 0);
    run.reduce(ReduceOp.ALL, truth, new int[] {1}, any);
    assertThat(read(any)).containsExactly(0, 0);
  }

  @Test
  void nothingReducesToTheNeutralElement() {
    var none = empty(DType.F32, 2, 0);
    var out = empty(DType.F32, 2, 1);
    run.reduce(ReduceOp.SUM, none, new int[] {1}, out);
    assertThat(read(out)).containsExactly(0, 0);
    run.reduce(ReduceOp.PROD, none, new int[] {1}, out);
    assertThat(read(out)).containsExactly(1, 1);
    run.reduce(ReduceOp.MAX, none, new int[] {1}, out);
    assertThat(read(out)).containsExactly(-INF, -INF);
    var smallest = empty(DType.I16, 2, 1);
    run.reduce(ReduceOp.MAX, empty(DType.I16, 2, 0), new int[] {1}, smallest);
    assertThat(read(smallest)).containsExactly(-32768, -32768);
  }

  @Test
  void argReduceTakesTheFirstAndNanFirst() {
    var x = of(DType.F32, Shape.of(3, 3), 1, 5, 5, 2, 2, 1, 7, NAN, NAN);
    var out = empty(DType.I64, 3, 1);
    run.argReduce(ReduceOp.MAX, x, 1, out);
    assertThat(read(out)).containsExactly(1, 0, 1);
    run.argReduce(ReduceOp.MIN, x, 1, out);
    assertThat(read(out)).containsExactly(0, 2, 1);
  }

  @Test
  void cumulativeSumRunsAlongItsAxis() {
    var x = of(DType.F32, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    var out = empty(DType.F32, 2, 3);
    run.cumulativeSum(x, 1, out);
    assertThat(read(out)).containsExactly(1, 3, 6, 4, 9, 15);
    run.cumulativeSum(x, 0, out);
    assertThat(read(out)).containsExactly(1, 2, 3, 5, 7, 9);
  }

  @Test
  void matmulOfBatchesAndViews() {
    var a = of(DType.F32, Shape.of(2, 2, 3), 1, 2, 3, 4, 5, 6, 1, 0, 0, 0, 1, 0);
    var b = of(DType.F32, Shape.of(1, 3, 2), 1, 2, 3, 4, 5, 6);
    var out = empty(DType.F32, 2, 2, 2);
    var shared = b.with(b.layout().expand(Shape.of(2, 3, 2)));
    run.matmul(a, shared, false, out);
    assertThat(read(out)).containsExactly(22, 28, 49, 64, 1, 2, 3, 4);
    run.matmul(a, shared, true, out);
    assertThat(read(out)).containsExactly(44, 56, 98, 128, 2, 4, 6, 8);
    var whole = of(DType.I64, Shape.of(2, 2), 1, 2, 3, 4);
    var transposed = whole.with(whole.layout().transpose(0, 1));
    var product = empty(DType.I64, 2, 2);
    run.matmul(whole, transposed, false, product);
    assertThat(read(product)).containsExactly(5, 11, 11, 25);
    run.matmul(
        empty(DType.F32, 2, 0),
        empty(DType.F32, 0, 2),
        false,
        out.with(Layout.contiguous(Shape.of(2, 2))));
    assertThat(Arrays.copyOf(read(out), 4)).containsExactly(0, 0, 0, 0);
  }

  @Test
  void gatherAndScatterAddAreEachOthersTranspose() {
    var x = of(DType.F32, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    var index = of(DType.I32, Shape.of(2, 2), 2, 2, 0, 1);
    var out = empty(DType.F32, 2, 2);
    run.gather(x, 1, index, out);
    assertThat(read(out)).containsExactly(3, 3, 4, 5);
    var sums = of(DType.F32, Shape.of(2, 3), 0, 0, 1, 0, 0, 0);
    run.scatter(ScatterOp.ADD, index, out, 1, sums);
    assertThat(read(sums)).containsExactly(0, 0, 7, 4, 5, 0);
  }

  @Test
  void indexSelectAndIndexAdd() {
    var x = of(DType.F32, Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
    var index = row(DType.I64, 2, 0, 2);
    var out = empty(DType.F32, 3, 2);
    run.indexSelect(x, 0, index, out);
    assertThat(read(out)).containsExactly(5, 6, 1, 2, 5, 6);
    var sums = of(DType.F32, Shape.of(3, 2), 0, 0, 0, 0, 0, 0);
    run.indexAdd(index, out, 0, sums);
    assertThat(read(sums)).containsExactly(1, 2, 0, 0, 10, 12);
    assertThatThrownBy(() -> run.indexSelect(x, 0, row(DType.I64, 1, 3, 0), out))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("indexSelect: index 3 is out of range for axis 0 of size 3 (shape [3, 2])");
  }

  @Test
  void uniformNumbersFollowTheDocumentedCounters() {
    var out = empty(DType.F64, 5);
    run.random(RandomOp.UNIFORM, 42, 7, 0, 1, out);
    double[] values = read(out);
    int[] words = new int[4];
    for (int i = 0; i < 5; i++) {
      Philox.block(42, 7 + i / 2, words);
      int w = 2 * (i % 2);
      assertThat(values[i]).isEqualTo(Philox.toUnitDouble(words[w], words[w + 1]));
    }
  }

  @Test
  void randomNumbersHaveTheirMoments() {
    int n = 100_000;
    var out = empty(DType.F32, n);
    run.random(RandomOp.NORMAL, 1, 0, 2, 3, out);
    var normal = Arrays.stream(read(out)).summaryStatistics();
    assertThat(normal.getAverage()).isEqualTo(2, within(0.05));
    double variance = Arrays.stream(read(out)).map(v -> (v - 2) * (v - 2)).average().orElseThrow();
    assertThat(variance).isEqualTo(9, within(0.2));
    run.random(RandomOp.INTEGER, 1, 0, -2, 3, out);
    assertThat(Arrays.stream(read(out)).distinct().sorted()).containsExactly(-2d, -1d, 0d, 1d, 2d);
    var narrow = empty(DType.BF16, 10_000);
    run.random(RandomOp.UNIFORM, 1, 0, 0, 1, narrow);
    assertThat(Arrays.stream(read(narrow)).max().orElseThrow()).isLessThan(1);
  }

  @Test
  void arangeFillAndWhere() {
    var out = empty(DType.I32, 4);
    run.arange(out, 5, -2);
    assertThat(read(out)).containsExactly(5, 3, 1, -1);
    var chosen = empty(DType.I32, 4);
    var twos = empty(DType.I32, 4);
    run.fill(twos, 2);
    run.where(row(DType.BOOL, 1, 0, 1, 0), out, twos, chosen);
    assertThat(read(chosen)).containsExactly(5, 2, 1, 2);
  }
}
