package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.autograd.Autograd;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.memory.ShapeException;
import dev.jebena.testing.DeferredDevice;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How gradients travel through graphs of awkward shape. */
class BackwardPassTest {
  private static Tensor leaf(double value) {
    return Tensor.of(new double[] {value}, 1).requiresGrad(true);
  }

  @Test
  void aLongChainNeedsNoRecursion() {
    var x = leaf(1);
    try (var _ = Scope.open()) {
      var y = x;
      for (int i = 0; i < 100_000; i++) {
        y = y.mul(i % 2 == 0 ? 2 : 0.5);
      }
      y.sum().backward();
    }
    assertThat(x.grad().item()).isEqualTo(1);
  }

  /** 2^400 paths, 400 nodes: each rule runs once. */
  @Test
  void aLadderOfDiamondsTakesLinearTime() {
    var x = leaf(1);
    var visits = new AtomicInteger();
    try (var _ = Scope.open()) {
      var y = x;
      for (int i = 0; i < 400; i++) {
        var before = y;
        y =
            Tape.record(
                "diamond",
                Tensor.noGrad(() -> before.mul(0.5).add(before.mul(0.5))),
                g -> {
                  visits.incrementAndGet();
                  return Tape.gradients(g.mul(0.5), g.mul(0.5));
                },
                before,
                before);
      }
      y.sum().backward();
    }
    assertThat(visits).hasValue(400);
    assertThat(x.grad().item()).isEqualTo(1);
  }

  /** The short way arrives long before the long one: the node must wait for both. */
  @Test
  void waitsForTheLongestPath() {
    var x = leaf(3);
    var visits = new AtomicInteger();
    var start =
        Tape.record(
            "counted",
            x.detach().copy(),
            g -> {
              visits.incrementAndGet();
              return Tape.gradients(g);
            },
            x);
    var longWay = start;
    for (int i = 0; i < 10; i++) {
      longWay = longWay.add(1);
    }
    start.mul(start).add(longWay).add(start).sum().backward();
    assertThat(visits).hasValue(1);
    assertThat(x.grad().item()).isEqualTo(2 * 3 + 1 + 1);
  }

  @Test
  void leavesAddUpWhatSeveralPassesBring() {
    var x = leaf(3);
    for (int pass = 1; pass <= 3; pass++) {
      x.square().sum().backward();
      assertThat(x.grad().item()).isEqualTo(6 * pass);
    }
    x.zeroGrad();
    assertThat(x.grad()).isNull();
    x.mul(5).sum().backward();
    assertThat(x.grad().item()).isEqualTo(5);
  }

  @Test
  void oneTensorUsedTwiceByOneOperation() {
    var x = leaf(3);
    x.mul(x).sum().backward();
    assertThat(x.grad().item()).isEqualTo(6);
    var y = leaf(3);
    y.add(y).sum().backward();
    assertThat(y.grad().item()).isEqualTo(2);
  }

  @Test
  void aLeafIsItsOwnGraph() {
    var x = leaf(3);
    x.backward();
    x.backward();
    assertThat(x.grad().item()).isEqualTo(2);
  }

  @Test
  void theGradientOfALeafIsNotWhatWasPassedIn() {
    var x = leaf(3);
    var gradient = Tensor.of(new double[] {7}, 1);
    x.add(1).backward(gradient, false);
    x.add(1).backward(gradient, false);
    assertThat(x.grad().item()).isEqualTo(14);
    assertThat(gradient.item()).isEqualTo(7);
  }

  /** As in PyTorch, also where a rule would hand it on as it is. */
  @Test
  void aGradientTakesTheTypeOfItsTensor() {
    var x = leaf(3);
    x.mul(2).backward(Tensor.ones(1), false);
    assertThat(x.grad().dtype()).isEqualTo(DType.F64);
    var y = Tensor.ones(2).to(DType.BF16).requiresGrad(true);
    y.backward(Tensor.full(3, 2), false);
    assertThat(y.grad().dtype()).isEqualTo(DType.BF16);
    var of =
        Autograd.grad(
            new Tensor[] {x.add(1)},
            new Tensor[] {x},
            new Tensor[] {Tensor.ones(1)},
            false,
            false,
            false);
    assertThat(of[0].dtype()).isEqualTo(DType.F64);
  }

  @Test
  void aFreedGraphSaysHowToKeepIt() {
    var loss = leaf(3).exp().sum();
    loss.backward();
    assertThatThrownBy(loss::backward)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was freed by an earlier backward pass; pass retainGraph");
  }

  @Test
  void aRetainedGraphServesTwice() {
    var x = leaf(3);
    var loss = x.square().sum();
    var one = Tensor.of(new double[] {1}, 1).reshape();
    loss.backward(one, true);
    loss.backward(one, false);
    assertThat(x.grad().item()).isEqualTo(12);
  }

  @Test
  void gradientsOfGradients() {
    var x = leaf(2);
    var y = x.pow(4).sum(); // 16
    y.backward(Tensor.of(new double[] {1}, 1).reshape(), false, true);
    var first = x.grad(); // 4x³ = 32
    assertThat(first.item()).isEqualTo(32);
    first.sum().backward();
    assertThat(x.grad().item()).isEqualTo(32 + 48); // added to it: 12x²
  }

  @Test
  void refusalsSayWhatToDo() {
    assertThatThrownBy(() -> leaf(1).reshape(1).expand(3).backward())
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "backward: shape [3] has 3 elements; start from a scalar such as loss.mean(), or pass"
                + " a gradient");
    assertThatThrownBy(() -> Tensor.ones(1).sum().backward())
        .hasMessage("backward: nothing this tensor was made from requires a gradient");
    assertThatThrownBy(() -> leaf(1).mul(2).backward(Tensor.ones(2), false))
        .hasMessage("backward: gradient of shape [2] for a tensor of shape [1]");
    assertThatThrownBy(() -> leaf(1).mul(2).requiresGrad(false))
        .hasMessage("requiresGrad: this tensor was made by 'mul'; only leaves can be set");
  }

  @Test
  void noGradRecordsNothing() {
    var x = leaf(3);
    assertThat(Tensor.<Tensor>noGrad(() -> x.mul(2)).requiresGrad()).isFalse();
    assertThat(x.detach().mul(2).requiresGrad()).isFalse();
    assertThat(x.mul(2).requiresGrad()).isTrue();
  }

  @Test
  void aDeviceThatCompletesLaterGivesTheSameGradients() {
    Context.current()
        .withDevice(DeferredDevice.primitivesOnly())
        .run(() -> {
          var x = Tensor.of(new double[] {1, 2, 3}, 3).requiresGrad(true);
          try (var _ = Scope.open()) {
            var y = x.mul(2);
            y.add(y.mul(3)).mul(y).sum().backward();
          }
          assertThat(x.grad().toDoubles()).containsExactly(32, 64, 96);
        });
  }
}
