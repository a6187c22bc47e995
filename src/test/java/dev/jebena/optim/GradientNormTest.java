package dev.jebena.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.DeferredDevice;
import java.util.List;
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
  }
}
