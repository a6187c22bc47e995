package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ActivationKernel;
import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.kernel.fused.ColumnSoftmaxKernel;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.kernel.fused.DropoutKernel;
import dev.jebena.kernel.fused.LayerNormKernel;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.kernel.fused.LinearKernel;
import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.kernel.fused.RowFoldKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.kernel.fused.SquaresKernel;
import dev.jebena.kernel.reference.ReferenceDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Operands;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every fused kernel against its plain twin, and against itself on other numbers of threads. */
class CpuFusedTest {
  private static final ReferenceDevice REFERENCE = new ReferenceDevice();
  private static final CpuDevice ONE = CpuDevice.withThreads(1);
  private static final CpuDevice TWO = CpuDevice.withThreads(2);
  private static final CpuDevice THREE = CpuDevice.withThreads(3);

  @AfterAll
  static void closeDevices() {
    ONE.close();
    TWO.close();
    THREE.close();
  }

  /** One run of a kernel on one device: the same operands on each, and what came out. */
  private static final class Run {
    final Device device;
    final SplittableRandom random = new SplittableRandom(11);
    final List<Operand> outputs = new ArrayList<>();

    Run(Device device) {
      this.device = device;
    }

    <K> K kernel(Class<K> type) {
      return device.fused(type).orElseThrow();
    }

    Operand in(long... sizes) {
      return in(Layout.contiguous(Shape.of(sizes)));
    }

    Operand in(Layout layout) {
      return Operands.normal(device, layout, random);
    }

    Operand out(long... sizes) {
      return out(Layout.contiguous(Shape.of(sizes)));
    }

    Operand out(Layout layout) {
      var out = Operands.normal(device, layout, random);
      outputs.add(out);
      return out;
    }

    double[][] results() {
      return outputs.stream().map(out -> Operands.read(device, out)).toArray(double[][]::new);
    }
  }

  private static double[][] results(Device device, Consumer<Run> body) {
    var run = new Run(device);
    body.accept(run);
    return run.results();
  }

  private static void check(double tolerance, Consumer<Run> body) {
    double[][] expected = results(REFERENCE, body);
    double[][] one = results(ONE, body);
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        double e = expected[i][j];
        if (e != one[i][j]) {
          assertThat(one[i][j])
              .as("output %d, element %d", i, j)
              .isEqualTo(e, within(tolerance * (1 + Math.abs(e))));
        }
      }
    }
    assertThat(results(TWO, body)).isDeepEqualTo(one);
    assertThat(results(THREE, body)).isDeepEqualTo(one);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,5", "7,16", "40,33", "5,1000", "300,100", "2,20001"})
  void softmax(int rows, int width) {
    for (boolean log : new boolean[] {false, true}) {
      check(
          3e-6,
          run -> {
            var kernel = run.kernel(SoftmaxKernel.class);
            var y = run.out(rows, width);
            kernel.forward(run.in(rows, width), log, y);
            // rows that do not touch: every second one of another matrix
            var strided = Layout.contiguous(Shape.of(rows, 2, width)).select(1, 1);
            kernel.forward(run.in(strided), log, run.out(rows, width));
            kernel.backward(y, run.in(rows, width), log, run.out(rows, width));
          });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "2,3,5",
    "3,7,16",
    "1,40,33",
    "2,5,1000",
    "5,300,100",
    "1,9000,131",
    "1,65536,2",
    "2,19,2500"
  })
  void columnSoftmax(int outer, int length, int inner) {
    for (boolean log : new boolean[] {false, true}) {
      check(
          1e-5,
          run ->
              run.kernel(ColumnSoftmaxKernel.class)
                  .forward(run.in(outer, length, inner), log, run.out(outer, length, inner)));
    }
  }

  /** What is no number stays in its column; a hidden place becomes 0. */
  @Test
  void columnSoftmaxKeepsColumnsApart() {
    double inf = Double.POSITIVE_INFINITY;
    var x =
        Operands.of(
            ONE, DType.F32, Shape.of(1, 2, 5), 1, -inf, Double.NaN, inf, -inf, 1, 2, 0, 0, -inf);
    var y = Operands.empty(ONE, DType.F32, 1, 2, 5);
    ONE.fused(ColumnSoftmaxKernel.class).orElseThrow().forward(x, false, y);
    double nan = Double.NaN;
    // as torch.softmax(x, 1) has it
    assertThat(Operands.read(ONE, y)).containsExactly(0.5, 0, nan, nan, nan, 0.5, 1, nan, nan, nan);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,5", "7,16", "40,33", "5,1000", "300,100", "2,20001"})
  void rowFolds(int rows, int width) {
    check(
        3e-6,
        run -> {
          var kernel = run.kernel(RowFoldKernel.class);
          kernel.logSumExp(run.in(rows, width), run.out(rows, 1));
          var strided = Layout.contiguous(Shape.of(rows, 2, width)).select(1, 1);
          kernel.logSumExp(run.in(strided), run.out(rows, 1));
          kernel.moments(run.in(rows, width), run.out(rows, 1), run.out(rows, 1));
          kernel.moments(run.in(strided), run.out(rows, 1), run.out(rows, 1));
        });
  }

  @Test
  void logSumExpOfInfinities() {
    double inf = Double.POSITIVE_INFINITY;
    var x = Operands.of(ONE, DType.F32, Shape.of(3, 2), -inf, -inf, inf, 1, -inf, 2);
    var y = Operands.empty(ONE, DType.F32, 3, 1);
    ONE.fused(RowFoldKernel.class).orElseThrow().logSumExp(x, y);
    assertThat(Operands.read(ONE, y)).containsExactly(-inf, inf, 2);
  }

  @Test
  void softmaxKeepsHiddenPlacesAtZero() {
    var x = Operands.of(ONE, DType.F32, Shape.of(1, 3), 1, Double.NEGATIVE_INFINITY, 1);
    var y = Operands.empty(ONE, DType.F32, 1, 3);
    ONE.fused(SoftmaxKernel.class).orElseThrow().forward(x, false, y);
    assertThat(Operands.read(ONE, y)).containsExactly(0.5, 0, 0.5);
  }

  @ParameterizedTest
  @CsvSource({"0,7", "1,1", "3,5", "70,16", "33,100", "200,515"})
  void rmsNorm(int rows, int width) {
    for (boolean plain : new boolean[] {false, true}) {
      check(
          2e-5,
          run -> {
            var kernel = run.kernel(RmsNormKernel.class);
            var x = run.in(rows, width);
            var weight = plain ? null : run.in(width);
            var reciprocal = run.out(rows);
            kernel.forward(x, null, weight, 1e-5, null, run.out(rows, width), reciprocal);
            var gy = run.in(rows, width);
            var gWeight = plain ? null : run.out(width);
            kernel.backward(x, weight, reciprocal, gy, null, run.out(rows, width), gWeight);
            // behind a residual, with another gradient of the sum
            var h = run.out(rows, width);
            var residual = run.in(rows, width);
            kernel.forward(x, residual, weight, 1e-5, h, run.out(rows, width), reciprocal);
            var further = run.in(rows, width);
            kernel.backward(h, weight, reciprocal, gy, further, run.out(rows, width), gWeight);
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"0,7", "1,1", "3,5", "70,16", "33,100", "200,515"})
  void layerNorm(int rows, int width) {
    for (int learned = 0; learned < 3; learned++) {
      int given = learned;
      check(
          // the sum of a row that is almost constant is all rounding
          width == 1 ? 2e-3 : 3e-5,
          run -> {
            var kernel = run.kernel(LayerNormKernel.class);
            var x = run.in(rows, width);
            var weight = given > 0 ? run.in(width) : null;
            var bias = given > 1 ? run.in(width) : null;
            var mean = run.out(rows);
            var r = run.out(rows);
            var y = run.out(rows, width);
            kernel.forward(x, null, weight, bias, 1e-5, null, y, mean, r);
            var gy = run.in(rows, width);
            var gWeight = given > 0 ? run.out(width) : null;
            var gBias = given > 1 ? run.out(width) : null;
            var gx = run.out(rows, width);
            kernel.backward(x, weight, mean, r, gy, null, gx, gWeight, gBias);
            var h = run.out(rows, width);
            var residual = run.in(rows, width);
            kernel.forward(x, residual, weight, bias, 1e-5, h, y, mean, r);
            var further = run.in(rows, width);
            var gh = run.out(rows, width);
            kernel.backward(h, weight, mean, r, gy, further, gh, gWeight, gBias);
          });
    }
  }

  /** A mean far from 0 must not eat the variance: squares are taken of differences from it. */
  @Test
  void layerNormFarFromZero() {
    double[] values = new double[100];
    for (int i = 0; i < values.length; i++) {
      values[i] = 10_000 + i % 2;
    }
    var x = Operands.of(ONE, DType.F32, Shape.of(1, 100), values);
    var y = Operands.empty(ONE, DType.F32, 1, 100);
    var mean = Operands.empty(ONE, DType.F32, 1);
    var r = Operands.empty(ONE, DType.F32, 1);
    var kernel = ONE.fused(LayerNormKernel.class).orElseThrow();
    kernel.forward(x, null, null, null, 1e-5, null, y, mean, r);
    assertThat(Operands.read(ONE, y)[0]).isCloseTo(-1, within(1e-3));
    assertThat(Operands.read(ONE, y)[99]).isCloseTo(1, within(1e-3));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 6, 16, 32, 64, 80, 128})
  void rope(int width) {
    for (boolean interleaved : new boolean[] {false, true}) {
      for (boolean inverse : new boolean[] {false, true}) {
        check(
            1e-6,
            run -> {
              var kernel = run.kernel(RopeKernel.class);
              var cos = run.in(37, width / 2);
              var sin = run.in(37, width / 2);
              // [B, H, T, D] cut out of [B, T, H·D]
              var view = Layout.contiguous(Shape.of(2, 37, 3, width)).transpose(1, 2);
              kernel.rotate(run.in(view), cos, sin, interleaved, inverse, run.out(view));
              var plain = run.in(37, width);
              kernel.rotate(plain, cos, sin, interleaved, inverse, run.out(37, width));
              // the features behind stay as they are
              var wide = run.in(37, width + 5);
              kernel.rotate(wide, cos, sin, interleaved, inverse, run.out(37, width + 5));
            });
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void activations(Activation f) {
    for (int elements : new int[] {0, 1, 15, 16, 1000, 50_001}) {
      check(
          2e-6,
          run -> {
            var kernel = run.kernel(ActivationKernel.class);
            var x = run.in(elements);
            var up = run.in(elements);
            var gy = run.in(elements);
            kernel.forward(f, x, run.out(elements));
            kernel.backward(f, x, gy, run.out(elements));
            kernel.gatedForward(f, x, up, run.out(elements));
            kernel.gatedBackward(f, x, up, gy, run.out(elements), run.out(elements));
          });
    }
  }

  /** Far out on both sides activations are 0 or x, their slopes 0 or 1, and NaN stays NaN. */
  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"RELU", "SILU", "GELU", "GELU_TANH"})
  void activationsFarOut(Activation f) {
    var kernel = ONE.fused(ActivationKernel.class).orElseThrow();
    var x = Operands.of(ONE, DType.F32, Shape.of(6), -1e4, -200, 0, 200, 1e4, Double.NaN);
    var ones = Operands.of(ONE, DType.F32, Shape.of(6), 1, 1, 1, 1, 1, 1);
    var y = Operands.empty(ONE, DType.F32, 6);
    kernel.forward(f, x, y);
    assertThat(Operands.read(ONE, y))
        .usingComparatorWithPrecision(0.0)
        .containsExactly(0, 0, 0, 200, 1e4, Double.NaN);
    var gx = Operands.empty(ONE, DType.F32, 6);
    kernel.backward(f, x, ones, gx);
    double middle = f == Activation.RELU ? 0 : 0.5;
    assertThat(Operands.read(ONE, gx)).startsWith(0, 0, middle, 1, 1);
  }

  private static final List<CrossEntropyTerms> TERMS =
      List.of(
          CrossEntropyTerms.PLAIN,
          CrossEntropyTerms.PLAIN.withLabelSmoothing(0.1).withZLoss(1e-2),
          CrossEntropyTerms.PLAIN.withSoftCap(2),
          CrossEntropyTerms.PLAIN.withSoftCap(2).withLabelSmoothing(0.1).withZLoss(1e-2));

  private static Operand targets(Device device, DType dtype, int rows, int classes) {
    double[] targets = new double[rows];
    for (int i = 0; i < rows; i++) {
      targets[i] = i % 4 == 3 ? -100 : (i * 31) % classes;
    }
    return Operands.of(device, dtype, Shape.of(rows), targets);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "5,7", "70,33", "9,10007"})
  void crossEntropy(int rows, int classes) {
    check(
        3e-6,
        run -> {
          var kernel = run.kernel(CrossEntropyKernel.class);
          var logits = run.in(rows, classes);
          var g = run.in(rows);
          for (var dtype : List.of(DType.I64, DType.I32)) {
            var t = targets(run.device, dtype, rows, classes);
            for (var terms : TERMS) {
              var lse = run.out(rows);
              kernel.forward(logits, t, terms, run.out(rows), lse);
              kernel.backward(logits, t, terms, lse, g, run.out(rows, classes));
            }
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "5,7,3", "70,33,20", "9,10007,8"})
  void linearCrossEntropy(int rows, int classes, int width) {
    check(
        6e-6,
        run -> {
          var kernel = run.kernel(LinearCrossEntropyKernel.class);
          var x = run.in(rows, width);
          var weight = run.in(classes, width);
          var half = Operands.of(run.device, DType.F32, Shape.of(), 0.5);
          var one = Operands.of(run.device, DType.F32, Shape.of(), 1);
          for (var dtype : List.of(DType.I64, DType.I32)) {
            var t = targets(run.device, dtype, rows, classes);
            for (var terms : dtype == DType.I64 ? TERMS : TERMS.subList(0, 1)) {
              var gx = run.out(rows, width);
              var gWeight = run.out(classes, width);
              kernel.forward(x, weight, t, terms, run.out(), gx, gWeight);
              kernel.scale(half, gx);
              kernel.scale(one, gWeight);
              kernel.forward(x, weight, t, terms, run.out(), null, null);
              kernel.forward(x, weight, t, terms, run.out(), run.out(rows, width), null);
              kernel.forward(x, weight, t, terms, run.out(), null, run.out(classes, width));
            }
          }
        });
  }

  /** Wide enough for more than one chunk, of which the last is shorter. */
  @Test
  void linearCrossEntropyInChunks() {
    int rows = 133;
    int classes = 70_001;
    check(
        6e-6,
        run -> {
          var x = run.in(rows, 3);
          var weight = run.in(classes, 3);
          var t = targets(run.device, DType.I64, rows, classes);
          run.kernel(LinearCrossEntropyKernel.class)
              .forward(
                  x, weight, t, TERMS.get(1), run.out(), run.out(rows, 3), run.out(classes, 3));
        });
  }

  @Test
  void chunksOfLogitsDependOnShapesOnly() {
    assertThat(CpuLinearCrossEntropy.chunkRows(133, 70_001)).isEqualTo(72);
    assertThat(CpuLinearCrossEntropy.chunkRows(4096, 10_000)).isEqualTo(824);
    assertThat(CpuLinearCrossEntropy.chunkRows(2048, 50_257)).isEqualTo(160);
    assertThat(CpuLinearCrossEntropy.chunkRows(768, 65)).isEqualTo(768);
    assertThat(CpuLinearCrossEntropy.chunkRows(3, 10_000_000)).isEqualTo(3);
  }

  @Test
  void crossEntropyRefusesTargetsThatAreNoClass() {
    var logits = Operands.of(TWO, DType.F32, Shape.of(2, 2), 1, 2, 3, 4);
    var targets = Operands.of(TWO, DType.I64, Shape.of(2), 0, 2);
    var losses = Operands.empty(TWO, DType.F32, 2);
    var lse = Operands.empty(TWO, DType.F32, 2);
    var kernel = TWO.fused(CrossEntropyKernel.class).orElseThrow();
    assertThatThrownBy(() -> kernel.forward(logits, targets, CrossEntropyTerms.PLAIN, losses, lse))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("crossEntropy: target 2 of row 1 is out of range for 2 classes");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 1000, 40_003})
  void dropout(int elements) {
    check(
        0,
        run -> {
          var kernel = run.kernel(DropoutKernel.class);
          long[] seeds = {0, -1, 0x1234_5678_9ABC_DEF0L};
          long[] counters = {0, 17, (1L << 32) - 3, Long.MAX_VALUE - 5};
          for (long seed : seeds) {
            for (long counter : counters) {
              kernel.apply(run.in(elements), 0.4, seed, counter, run.out(elements));
            }
          }
          kernel.apply(run.in(elements), 1e-12, 5, 0, run.out(elements));
          kernel.apply(run.in(elements), 1 - 1e-12, 5, 0, run.out(elements));
        });
  }

  /** Tensors shorter and longer than a chunk, and one of nothing between them. */
  @ParameterizedTest
  @CsvSource({"1,1,1", "17,0,40003", "16384,5,16385", "3,33000,7"})
  void adamW(int first, int second, int third) {
    check(
        3e-6,
        run -> {
          var kernel = run.kernel(AdamWKernel.class);
          int[] sizes = {first, second, third};
          var p = new Operand[3];
          var m = new Operand[3];
          var v = new Operand[3];
          for (int i = 0; i < 3; i++) {
            p[i] = run.out(sizes[i]);
            m[i] = run.out(sizes[i]);
            v[i] = run.out(sizes[i]);
            run.device.primitives().fill(m[i], 0);
            run.device.primitives().fill(v[i], 0);
          }
          for (int step = 1; step <= 3; step++) {
            var g = new Operand[] {run.in(first), run.in(second), run.in(third)};
            var numbers = new AdamWKernel.Step(step, 1e-2, 0.9, 0.95, 1e-8);
            var scale = Operands.of(run.device, DType.F64, Shape.of(), 0.5);
            kernel.update(p, g, m, v, new double[] {0.1, 0, 0.2}, numbers, scale);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "17,0,40003", "16384,5,16385", "3,33000,7", "0,0,0"})
  void squares(int first, int second, int third) {
    check(
        1e-6,
        run -> {
          var sum = Operands.empty(run.device, DType.F64);
          run.outputs.add(sum);
          // not at the beginning of its buffer
          var part = run.in(Layout.contiguous(Shape.of(2, second)).select(0, 1));
          var all = new Operand[] {run.in(first), part, run.in(third)};
          run.kernel(SquaresKernel.class).sum(all, sum);
        });
  }

  @ParameterizedTest
  @EnumSource
  void linear(Activation f) {
    for (int[] sizes :
        new int[][] {
          {1, 1, 1}, {3, 5, 7}, {70, 33, 20}, {5, 9000, 3}, {40, 64, 9}, {67, 70, 600}
        }) {
      int m = sizes[0];
      int n = sizes[1];
      int k = sizes[2];
      // the last is made of tiles, of two blocks of K, and takes the twin a while
      for (int given = k == 600 ? 3 : 0; given < 4; given++) {
        boolean hasBias = given % 2 == 1;
        boolean hasResidual = given > 1;
        check(
            k == 600 ? 3e-4 : 2e-5,
            run -> {
              var kernel = run.kernel(LinearKernel.class);
              var x = run.in(m, k);
              var weight = run.in(n, k);
              var bias = hasBias ? run.in(n) : null;
              var residual = hasResidual ? run.in(m, n) : null;
              var before = run.out(m, n);
              kernel.forward(x, weight, bias, f, residual, before, run.out(m, n));
              kernel.forward(x, weight, bias, f, residual, null, run.out(m, n));
              var gy = run.in(m, n);
              var gBias = hasBias ? run.out(n) : null;
              kernel.backward(f, before, gy, run.out(m, n), gBias);
            });
      }
    }
  }

  @Test
  void nothingToDoIsFine() {
    check(
        0,
        run -> {
          run.kernel(SoftmaxKernel.class).forward(run.in(0, 4), false, run.out(0, 4));
          run.kernel(ActivationKernel.class).forward(Activation.SILU, run.in(0), run.out(0));
          run.kernel(RmsNormKernel.class)
              .backward(
                  run.in(0, 4),
                  run.in(4),
                  run.in(0),
                  run.in(0, 4),
                  null,
                  run.out(0, 4),
                  run.out(4));
        });
  }
}
