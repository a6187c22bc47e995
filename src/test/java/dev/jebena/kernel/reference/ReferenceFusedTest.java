package dev.jebena.kernel.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ActivationKernel;
import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.kernel.fused.LayerNormKernel;
import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Operands;
import org.junit.jupiter.api.Test;

/** The twins of the fused kernels against numbers computed with PyTorch 2.13. */
class ReferenceFusedTest {
  private static final double[] X = {1.5, -2, 0.25, 3, 4, -1};
  private static final double[] GY = {1, -1, 2, 0.5, 0.25, 3};

  private final ReferenceDevice device = new ReferenceDevice();

  private Operand of(Shape shape, double... values) {
    return Operands.of(device, DType.F32, shape, values);
  }

  private Operand matrix(double... values) {
    return of(Shape.of(2, 3), values);
  }

  private Operand empty(long... sizes) {
    return Operands.empty(device, DType.F32, sizes);
  }

  private void expect(Operand operand, double... values) {
    assertThat(Operands.read(device, operand)).containsExactly(values, within(3e-6));
  }

  @Test
  void softmax() {
    var kernel = device.fused(SoftmaxKernel.class).orElseThrow();
    var y = empty(2, 3);
    var gx = empty(2, 3);
    kernel.forward(matrix(X), false, y);
    expect(y, 0.75947320, 0.02293410, 0.21759272, 0.26762316, 0.72747517, 0.00490169);
    kernel.backward(y, matrix(GY), false, gx);
    expect(gx, -0.13042019, -0.04980655, 0.18022670, 0.04539278, -0.05847842, 0.01308562);
    kernel.forward(matrix(X), true, y);
    expect(y, -0.27513021, -3.77513027, -1.52513027, -1.31817544, -0.31817541, -5.31817532);
    kernel.backward(y, matrix(GY), true, gx);
    expect(gx, -0.51894641, -1.04586816, 1.56481457, -0.50358683, -2.47803187, 2.98161864);
  }

  @Test
  void softmaxOfLargeNumbersDoesNotOverflow() {
    var y = empty(1, 2);
    device
        .fused(SoftmaxKernel.class)
        .orElseThrow()
        .forward(of(Shape.of(1, 2), 1e30, 1e30), false, y);
    expect(y, 0.5, 0.5);
  }

  @Test
  void rmsNorm() {
    var kernel = device.fused(RmsNormKernel.class).orElseThrow();
    var weight = of(Shape.of(3), 1, 2, -0.5);
    var y = empty(2, 3);
    var r = empty(2);
    kernel.forward(matrix(X), null, weight, 1e-5, null, y, r);
    expect(y, 1.03407049, -2.75752139, -0.08617254, 1.01904869, 2.71746325, 0.16984145);
    var gx = empty(2, 3);
    var gw = empty(3);
    kernel.backward(matrix(X), weight, r, matrix(GY), null, gx, gw);
    expect(gx, -0.17063457, -0.23207414, -0.83271617, -0.02612920, -0.09145276, -0.44420078);
    expect(gw, 1.54359484, 1.71844363, -0.67435849);
  }

  @Test
  void layerNormBehindAResidual() {
    var kernel = device.fused(LayerNormKernel.class).orElseThrow();
    var weight = of(Shape.of(3), 1, 2, -0.5);
    var bias = of(Shape.of(3), 0.5, 0, 1);
    var residual = matrix(0.5, 1, -2, 1, 2, 3);
    var h = empty(2, 3);
    var y = empty(2, 3);
    var mean = empty(2);
    var r = empty(2);
    kernel.forward(matrix(X), residual, weight, bias, 1e-5, h, y, mean, r);
    expect(h, 2.00000000, -1.00000000, -1.75000000, 4.00000000, 6.00000000, 2.00000000);
    expect(y, 1.88872750, -0.92581834, 1.46290917, 0.50000000, 2.44948515, 1.61237129);
    var gx = empty(2, 3);
    var gw = empty(3);
    var gb = empty(3);
    kernel.backward(h, weight, mean, r, matrix(GY), matrix(X), gx, gw, gb);
    expect(gx, 1.60287223, -2.51434470, 0.66147246, 3.40824753, 3.79587853, -1.20412606);
    expect(gw, 1.38872750, 0.76909481, -5.52586440);
    expect(gb, 1.50000000, -0.75000000, 5.00000000);
  }

  @Test
  void swiGlu() {
    var kernel = device.fused(ActivationKernel.class).orElseThrow();
    var up = matrix(0.5, 1, -2, 1, 2, 3);
    var y = empty(2, 3);
    kernel.gatedForward(Activation.SILU, matrix(X), up, y);
    expect(y, 0.61318082, -0.23840584, -0.28108826, 2.85772252, 7.85611010, -0.80682433);
    var gGate = empty(2, 3);
    var gUp = empty(2, 3);
    kernel.gatedBackward(Activation.SILU, matrix(X), up, matrix(GY), gGate, gUp);
    expect(gGate, 0.52064711, 0.09078425, -2.49484015, 0.54405206, 0.52633232, 0.65096539);
    expect(gUp, 1.22636163, 0.23840584, 0.28108826, 1.42886126, 0.98201376, -0.80682433);
  }

  @Test
  void crossEntropyWithAnIgnoredTarget() {
    var kernel = device.fused(CrossEntropyKernel.class).orElseThrow();
    var targets = Operands.of(device, DType.I64, Shape.of(2), 2, -100);
    var losses = empty(2);
    var lse = empty(2);
    kernel.forward(matrix(X), targets, CrossEntropyTerms.PLAIN, losses, lse);
    expect(losses, 1.52513027, 0);
    expect(lse, 1.77513027, 4.31817532);
    var gx = empty(2, 3);
    kernel.backward(matrix(X), targets, CrossEntropyTerms.PLAIN, lse, of(Shape.of(2), 2, 1), gx);
    expect(gx, 1.51894641, 0.04586821, -1.56481457, 0, 0, 0);
    var wrong = Operands.of(device, DType.I64, Shape.of(2), 0, 3);
    assertThatThrownBy(() -> kernel.forward(matrix(X), wrong, CrossEntropyTerms.PLAIN, losses, lse))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("crossEntropy: target 3 of row 1 is out of range for 3 classes");
  }

  @Test
  void adamWTakesTwoSteps() {
    var kernel = device.fused(AdamWKernel.class).orElseThrow();
    var p = of(Shape.of(3), 1, -2, 0.5);
    var m = of(Shape.of(3), 0, 0, 0);
    var v = of(Shape.of(3), 0, 0, 0);
    double[][] gradients = {{0.5, -1, 0}, {1, 2, 0.3}};
    for (int step = 1; step <= 2; step++) {
      kernel.update(
          new Operand[] {p},
          new Operand[] {of(Shape.of(3), gradients[step - 1])},
          new Operand[] {m},
          new Operand[] {v},
          new double[] {0.1},
          new AdamWKernel.Step(step, 0.1, 0.9, 0.95, 1e-8),
          Operands.of(device, DType.F64, Shape.of(), 0.5));
    }
    expect(p, 0.78530139, -1.89753735, 0.41655403);
    expect(m, 0.0725, 0.055, 0.015);
    expect(v, 0.01546875, 0.061875, 0.001125);
  }

  @Test
  void ropeTurnsAQuarterAndBack() {
    var kernel = device.fused(RopeKernel.class).orElseThrow();
    var x = of(Shape.of(2, 4), 1, 2, 3, 4, 1, 2, 3, 4);
    var cos = of(Shape.of(2, 2), 1, 1, 0, -1); // position 1: a quarter and a half turn
    var sin = of(Shape.of(2, 2), 0, 0, 1, 0);
    var out = empty(2, 4);
    kernel.rotate(x, cos, sin, true, false, out);
    expect(out, 1, 2, 3, 4, -2, 1, -3, -4);
    var back = empty(2, 4);
    kernel.rotate(out, cos, sin, true, true, back);
    expect(back, 1, 2, 3, 4, 1, 2, 3, 4);
    kernel.rotate(x, cos, sin, false, false, out);
    expect(out, 1, 2, 3, 4, -3, -2, 1, -4);
  }
}
