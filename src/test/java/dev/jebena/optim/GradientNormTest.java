package dev.jebena.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.DeferredDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class GradientNormTest {
  @Test
  void isTheLengthOfAllGradientsAsOneVector() {
    var a = Tensor.zeros(2).requiresGrad(true);
    var b = Tensor.zeros(1, 2).requiresGrad(true);
    var without = Tensor.zeros(3).requiresGrad(true);
    a.mul(Tensor.of(new float[] {1, 2}, 2)).sum().backward();
    b.mul(Tensor.of(new float[] {4, 10}, 1, 2)).sum().backward();
    assertThat(GradientNorm.of(List.of(a, without, b))).isCloseTo(11, within(1e-6));
    assertThat(GradientNorm.of(List.of(without))).isZero();
  }

  /** Some in one pass of a kernel, others composed. */
  @Test
  void takesEveryTypeAndLayout() {
    var a = Tensor.zeros(2, 3).requiresGrad(true);
    var b = Tensor.zeros(2).to(DType.F64).requiresGrad(true);
    a.transpose().mul(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2)).sum().backward();
    b.mul(3).sum().backward();
    assertThat(GradientNorm.of(List.of(a, b))).isCloseTo(Math.sqrt(91 + 18), within(1e-6));
    for (var device : List.of(DeferredDevice.primitivesOnly(), DeferredDevice.withFused())) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var x = Tensor.zeros(3).requiresGrad(true);
            x.mul(2).sum().backward();
            assertThat(GradientNorm.of(List.of(x))).isCloseTo(Math.sqrt(12), within(1e-6));
          });
    }
  }

  @Test
  void cutsWhatIsLongerOnly() {
    assertThat(GradientNorm.clipFactor(4, 1)).isEqualTo(0.25);
    assertThat(GradientNorm.clipFactor(1, 1)).isEqualTo(1);
    assertThat(GradientNorm.clipFactor(0, 1)).isEqualTo(1);
    for (var device :
        List.of(Devices.get("cpu"), DeferredDevice.primitivesOnly(), DeferredDevice.withFused())) {
      for (double norm : new double[] {0, 1e-200, 0.7, 1, 1 + 1e-15, 3, 1e30}) {
        double squares = norm * norm;
        var there = Tensor.full(device, DType.F64, Shape.of(), squares);
        assertThat(GradientNorm.clipFactor(there, 1).item())
            .as("%s on %s", norm, device.name())
            .isEqualTo(GradientNorm.clipFactor(Math.sqrt(squares), 1));
      }
    }
  }

  /** A scale that a device computes gives the bits of one that the host knows. */
  @Test
  void aScaleOfTheDeviceIsThatOfTheHost() {
    for (var type : List.of(DType.F32, DType.F64, DType.BF16)) {
      for (var device : List.of(DeferredDevice.primitivesOnly(), DeferredDevice.withFused())) {
        Context.current()
            .withDevice(device)
            .run(() -> {
              var known =
                  stepped(
                      type,
                      (optimizer, squares) -> {
                        optimizer.step(
                            0.1, GradientNorm.clipFactor(Math.sqrt(squares.item()), 0.3));
                      });
              var waiting =
                  stepped(
                      type,
                      (optimizer, squares) -> {
                        optimizer.step(0.1, GradientNorm.clipFactor(squares, 0.3));
                      });
              assertThat(waiting).as("%s on %s", type, device.name()).isEqualTo(known);
            });
      }
    }
  }

  /** Two parameters, each after a step of AdamW and one of a grouped optimiser. */
  private static List<Double> stepped(DType type, BiConsumer<Optimizer, Tensor> step) {
    var all = new ArrayList<Double>();
    for (int kind = 0; kind < 2; kind++) {
      var a = Tensor.arange(6).to(type).view(2, 3).requiresGrad(true);
      var b = Tensor.ones(3).to(type).requiresGrad(true);
      var named = Map.of("a", a, "b", b);
      var optimizer =
          kind == 0
              ? new AdamW(AdamW.groupsByRank(named, 0.1), AdamW.Settings.LANGUAGE_MODEL)
              : new GroupedOptimizer(
                  List.of(new ParameterGroup(named, new Sgd(0.9, false), 0.1, 1)));
      a.square().mul(0.37).sum().add(b.mul(1.7).sum()).backward();
      step.accept(optimizer, GradientNorm.squares(List.of(a, b)));
      Arrays.stream(a.to(DType.F64).toDoubles()).forEach(all::add);
      Arrays.stream(b.to(DType.F64).toDoubles()).forEach(all::add);
    }
    return all;
  }

  @Test
  void isTheRootOfSquares() {
    var a = Tensor.zeros(3).requiresGrad(true);
    a.mul(2).sum().backward();
    assertThat(GradientNorm.squares(List.of(a)).item()).isEqualTo(12);
  }
}
