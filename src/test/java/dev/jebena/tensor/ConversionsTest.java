package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.io.NpzFile;
import dev.jebena.kernel.Device;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.testing.DeferredDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConversionsTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final List<Device> DEVICES =
      List.of(Devices.get("reference"), Devices.get("cpu"), DeferredDevice.primitivesOnly());

  private static double[] numbers(int n, double scale) {
    var random = new SplittableRandom(n);
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (scale * random.nextDouble(-1, 1));
    }
    return x;
  }

  // ---------------------------------------------------------------- stochastic rounding

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void stochasticRoundingIsUnbiasedAndStaysBetweenNeighbours(DType dtype) {
    var context = Context.current().withDevice(Devices.get("cpu")).withSeed(11);
    context.run(() -> {
      double x = 1.3 + 1e-10; // not a number of f32 either
      int n = 40_000;
      var many = Tensor.full(Context.current().device(), DType.F64, shape(n), x);
      double[] rounded = many.toStochastic(dtype).to(DType.F64).toDoubles();
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (double y : rounded) {
        low = Math.min(low, y);
        high = Math.max(high, y);
        sum += y;
      }
      int mantissa =
          switch (dtype) {
            case F32 -> 23;
            case F16 -> 10;
            case BF16 -> 7;
            case F8_E4M3 -> 3;
            default -> 2;
          };
      double unit = Math.scalb(1.0, -mantissa);
      assertThat(low).isEqualTo(Math.floor(x / unit) * unit);
      assertThat(high).isEqualTo(low + unit);
      // the deviation of the mean is at most half a unit over √n: five of them
      assertThat(sum / n).isCloseTo(x, within(5 * unit / 2 / Math.sqrt(n)));
    });
  }

  private static dev.jebena.memory.Shape shape(long... sizes) {
    return dev.jebena.memory.Shape.of(sizes);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void stochasticRoundingGivesTheSameBitsEverywhere(DType dtype) {
    double[] x = numbers(70_001, 700);
    double[] expected = null;
    try (var one = CpuDevice.withThreads(1);
        var three = CpuDevice.withThreads(3)) {
      for (var device : List.of(DEVICES.get(0), DEVICES.get(1), DEVICES.get(2), one, three)) {
        var context = Context.current().withDevice(device).withGenerator(new Generator(3, 17));
        double[] y =
            context.call(
                () -> Tensor.of(x).to(DType.F32).toStochastic(dtype).to(DType.F64).toDoubles());
        assertThat(context.generator().position()).isEqualTo(17 + 17_501);
        expected = expected == null ? y : expected;
        assertThat(y).as(device.name()).isEqualTo(expected);
      }
    }
  }

  @Test
  void stochasticRoundingOfStridedTensorsGoesByTheirOrder() {
    for (var device : DEVICES) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var x = Tensor.of(numbers(35 * 37, 3), 35, 37);
            var turned =
                Context.current().withSeed(5).call(() -> x.transpose().toStochastic(DType.BF16));
            var copied =
                Context.current()
                    .withSeed(5)
                    .call(() -> x.transpose().contiguous().toStochastic(DType.BF16));
            assertThat(turned.to(DType.F64).toDoubles())
                .isEqualTo(copied.to(DType.F64).toDoubles());
          });
    }
  }

  @Test
  void stochasticRoundingKeepsWhatIsExactOrSpecial() {
    float[] special = {0f, -0f, 1f, -1.5f, 0x1p-9f, 448f, -448f, 0.015625f, Float.NaN, INF, -INF};
    for (var device : DEVICES) {
      for (var dtype : List.of(DType.F16, DType.BF16, DType.F8_E4M3)) {
        Context.current()
            .withDevice(device)
            .run(() -> {
              var x = Tensor.of(special);
              assertThat(x.toStochastic(dtype).to(DType.F64).toDoubles())
                  .isEqualTo(x.to(dtype).to(DType.F64).toDoubles());
            });
      }
    }
  }

  @Test
  void stochasticRoundingLetsGradientsThrough() {
    var x = Tensor.of(new float[] {1.1f, 2.7f, -3.3f}).requiresGrad(true);
    x.toStochastic(DType.BF16).to(DType.F32).sum().backward();
    assertThat(x.grad().toFloats()).containsExactly(1, 1, 1);
    assertThatThrownBy(() -> x.toStochastic(DType.I32))
        .isInstanceOf(DTypeException.class)
        .hasMessage("toStochastic: converts between floating types, got f32 to i32");
  }

  // ---------------------------------------------------------------- beyond the range

  @Test
  void saturationIsAChoice() {
    float[] x = {60_000f, 1e9f, -1e9f, INF, -INF, Float.NaN, 57_344f, -2f};
    for (var device : DEVICES) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var t = Tensor.of(x);
            assertThat(t.toSaturating(DType.F8_E5M2).to(DType.F32).toFloats())
                .containsExactly(57344, 57344, -57344, 57344, -57344, Float.NaN, 57344, -2);
            assertThat(t.to(DType.F8_E5M2).to(DType.F32).toFloats())
                .containsExactly(57344, INF, -INF, INF, -INF, Float.NaN, 57344, -2);
            assertThat(t.to(DType.F8_E4M3).to(DType.F32).toFloats())
                .containsExactly(448, 448, -448, 448, -448, Float.NaN, 448, -2);
            assertThat(t.toSaturating(DType.F16).to(DType.F32).toFloats())
                .containsExactly(60_000, 65504, -65504, 65504, -65504, Float.NaN, 57_344, -2);
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"I64", "I32", "I16", "I8", "U8", "BOOL"})
  void floatsBecomeTheIntegersThatPyTorchMakesOfThem(DType dtype) throws Exception {
    var url = ConversionsTest.class.getResource("/dtypes/integers.npz");
    var golden = NpzFile.read(Path.of(url.toURI()));
    float[] values = golden.get("values").toFloats();
    for (var device : DEVICES) {
      for (var from : List.of(DType.F32, DType.F64)) {
        var made =
            Context.current()
                .withDevice(device)
                .call(() -> Tensor.of(values).to(from).to(dtype).to(DType.I64).toLongs());
        assertThat(made).as(device + " " + from).isEqualTo(golden.get(dtype.toString()).toLongs());
      }
    }
  }

  @Test
  void outsideOfTheRangeIntegersAreTheNearestOfIntOrLong() {
    float[] x = {Float.NaN, INF, -INF, 1e30f, -1e30f};
    for (var device : DEVICES) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var t = Tensor.of(x);
            assertThat(t.to(DType.I64).toLongs())
                .containsExactly(0, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE);
            int max = Integer.MAX_VALUE;
            int min = Integer.MIN_VALUE;
            assertThat(t.to(DType.I32).to(DType.I64).toLongs())
                .containsExactly(0, max, min, max, min);
            // the low bits of those
            assertThat(t.to(DType.I16).to(DType.I64).toLongs()).containsExactly(0, -1, 0, -1, 0);
            assertThat(t.to(DType.U8).to(DType.I64).toLongs()).containsExactly(0, 255, 0, 255, 0);
            assertThat(t.to(DType.BOOL).to(DType.I64).toLongs()).containsExactly(1, 1, 1, 1, 1);
          });
    }
  }

  // ---------------------------------------------------------------- numbers beside tensors

  @Test
  void integersStayIntegersBesideWholeNumbers() {
    var x = Tensor.of(new int[] {1, 2, 3});
    assertThat(x.add(2).dtype()).isEqualTo(DType.I32);
    assertThat(x.mul(-3).toLongs()).containsExactly(-3, -6, -9);
    assertThat(x.add(0.5).dtype()).isEqualTo(DType.F32);
    assertThat(x.add(0.5).toFloats()).containsExactly(1.5f, 2.5f, 3.5f);
    assertThat(Tensor.of(new float[] {1}).to(DType.BF16).add(0.5).dtype()).isEqualTo(DType.BF16);
    assertThat(x.exp().dtype()).isEqualTo(DType.F32);
  }

  @Test
  void integersAreComparedWithFractionsAsTheyAre() {
    var x = Tensor.of(new int[] {1, 2, 3});
    assertThat(x.lt(2.5).to(DType.I64).toLongs()).containsExactly(1, 1, 0);
    assertThat(x.ge(1.5).to(DType.I64).toLongs()).containsExactly(0, 1, 1);
    assertThat(x.eq(2.5).to(DType.I64).toLongs()).containsExactly(0, 0, 0);
  }
}
