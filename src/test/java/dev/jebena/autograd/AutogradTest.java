package dev.jebena.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Gradients as values, hooks, retained gradients, and when recording is on. */
class AutogradTest {
  private static Tensor leaf(double... values) {
    return Tensor.of(values).requiresGrad(true);
  }

  // ---------------------------------------------------------------- grad

  @Test
  void gradTouchesNoLeaf() {
    var x = leaf(2, 3);
    var w = leaf(5, 7);
    var y = x.mul(w);
    var g = Autograd.grad(y.square().sum(), x, y);
    assertThat(g[0].toDoubles()).containsExactly(2 * 10 * 5, 2 * 21 * 7);
    assertThat(g[1].toDoubles()).containsExactly(20, 42);
    assertThat(x.grad()).isNull();
    assertThat(w.grad()).isNull();
  }

  @Test
  void severalOutputsWithGradientsOfTheirOwn() {
    var x = leaf(2, 3);
    var a = x.mul(3);
    var b = a.square();
    var ones = Tensor.of(new double[] {1, 10});
    var g =
        Autograd.grad(
            new Tensor[] {a, b}, new Tensor[] {x}, new Tensor[] {ones, ones}, false, false, false);
    assertThat(g[0].toDoubles()).containsExactly(3 + 18 * 2, 30 + 18 * 3 * 10);
  }

  @Test
  void anOutputThatIsAnInput() {
    var x = leaf(2);
    var y = x.mul(3);
    assertThat(Autograd.grad(y, y)[0].item()).isEqualTo(1);
    assertThat(Autograd.grad(x, x)[0].item()).isEqualTo(1);
  }

  @Test
  void onlyThePartInBetweenRuns() {
    var visits = new AtomicInteger();
    var x = leaf(2);
    var early =
        Tape.record(
            "counted",
            Tensor.of(new double[] {2}),
            g -> {
              visits.incrementAndGet();
              return Tape.gradients(g);
            },
            x);
    var y = early.mul(3);
    Autograd.grad(y.square(), y);
    assertThat(visits).hasValue(0);
  }

  @Test
  void unusedInputs() {
    var x = leaf(2);
    var other = leaf(1, 2);
    assertThatThrownBy(() -> Autograd.grad(x.square(), x, other))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "grad: input 1 of shape [2] was not used to make the outputs; pass allowUnused to get"
                + " null for it");
    var g =
        Autograd.grad(new Tensor[] {x.square()}, new Tensor[] {x, other}, null, false, false, true);
    assertThat(g[0].item()).isEqualTo(4);
    assertThat(g[1]).isNull();
  }

  @Test
  void refusalsSayWhatToDo() {
    var x = leaf(1, 2);
    assertThatThrownBy(() -> Autograd.grad(x.square(), x))
        .isInstanceOf(ShapeException.class)
        .hasMessage("grad: output 0 of shape [2] is no scalar; pass gradOutputs for it");
    assertThatThrownBy(() -> Autograd.grad(x.sum(), Tensor.ones(3)))
        .hasMessage("grad: input 0 of shape [3] does not require a gradient");
    assertThatThrownBy(() -> Autograd.grad(Tensor.ones(1), x))
        .hasMessage("grad: output 0 of shape [1] does not require a gradient");
    assertThatThrownBy(() ->
            Autograd.grad(
                new Tensor[] {x.square()},
                new Tensor[] {x},
                new Tensor[] {Tensor.ones(3)},
                false,
                false,
                false))
        .hasMessage("grad: gradient of shape [3] for output 0 of shape [2]");
  }

  @Test
  void theGraphIsFreedUnlessRetained() {
    var x = leaf(2);
    var y = x.square();
    Autograd.grad(new Tensor[] {y}, new Tensor[] {x}, null, true, false, false);
    Autograd.grad(y, x);
    assertThatThrownBy(() -> Autograd.grad(y, x)).hasMessageContaining("pass retainGraph");
  }

  @Test
  void threeOrders() {
    var x = leaf(2);
    var y = x.pow(4); // 16, 32, 48, 48
    var first = Autograd.differentiableGrad(y, x)[0];
    var second = Autograd.differentiableGrad(first, x)[0];
    var third = Autograd.differentiableGrad(second, x)[0];
    assertThat(first.item()).isEqualTo(32);
    assertThat(second.item()).isEqualTo(48);
    assertThat(third.item()).isEqualTo(48);
    assertThat(Autograd.grad(third, x)[0].item()).isEqualTo(24);
  }

  @Test
  void jacobianAndHessian() {
    var x = Tensor.of(new double[] {2, 3});
    var j = Autograd.jacobian(v -> Tensor.stack(0, v.sum(), v.prod(), v.select(0, 1)), x);
    assertThat(j.shape().toArray()).containsExactly(3, 2);
    assertThat(j.toDoubles()).containsExactly(1, 1, 3, 2, 0, 1);
    var h = Autograd.hessian(v -> v.select(0, 0).square().mul(v.select(0, 1)), x);
    assertThat(h.toDoubles()).containsExactly(6, 4, 4, 0);
  }

  // ---------------------------------------------------------------- hooks

  @Test
  void aNonLeafRetainsItsGradientOnRequest() {
    var x = leaf(2);
    var y = x.mul(3).retainGrad();
    y.square().backward();
    assertThat(y.grad().item()).isEqualTo(12);
    assertThat(x.grad().item()).isEqualTo(36);
    assertThat(x.mul(1).grad()).isNull();
    assertThatThrownBy(() -> Tensor.ones(1).retainGrad())
        .hasMessage("retainGrad: this tensor does not require a gradient");
  }

  @Test
  void hooksSeeTheWholeGradientAndMayReplaceIt() {
    var x = leaf(2);
    var y = x.mul(3);
    var seen = new ArrayList<Double>();
    var first =
        y.onGradient(g -> {
          seen.add(g.item());
          return g.mul(10);
        });
    y.onGradient(g -> {
      seen.add(g.item());
      return null;
    });
    y.add(y).add(y).backward(Tensor.of(new double[] {1}), true);
    assertThat(seen).containsExactly(3.0, 30.0);
    assertThat(x.grad().item()).isEqualTo(90);
    first.remove();
    first.remove();
    x.zeroGrad();
    y.backward(Tensor.of(new double[] {1}), false);
    assertThat(seen).containsExactly(3.0, 30.0, 1.0);
    assertThat(x.grad().item()).isEqualTo(3);
  }

  @Test
  void hooksOfLeavesRunOnceAPass() {
    var x = leaf(2);
    var seen = new ArrayList<Double>();
    var complete = new ArrayList<Double>();
    x.onGradient(g -> {
      seen.add(g.item());
      return g.neg();
    });
    var after = x.afterAccumulate(leaf -> complete.add(leaf.grad().item()));
    for (int pass = 0; pass < 2; pass++) {
      x.mul(3).add(x.mul(4)).backward();
    }
    assertThat(seen).containsExactly(7.0, 7.0);
    assertThat(complete).containsExactly(-7.0, -14.0);
    after.remove();
    assertThat(Autograd.grad(x.mul(5), x)[0].item()).isEqualTo(-5);
    assertThat(complete).hasSize(2);
  }

  /** What a training loop without a gradient buffer does: step and forget inside of backward. */
  @Test
  void anOptimiserInsideOfBackward() {
    var layers = List.of(leaf(2), leaf(3), leaf(5));
    for (var w : layers) {
      w.afterAccumulate(leaf -> {
        leaf.addInPlace(leaf.grad().mul(-0.1));
        leaf.zeroGrad();
      });
    }
    layers.get(0).add(layers.get(1)).add(layers.get(2)).backward();
    assertThat(layers.stream().map(Tensor::item)).containsExactly(1.9, 2.9, 4.9);
    assertThat(layers).allMatch(w -> w.grad() == null);
  }

  @Test
  void aHookMustKeepTheShape() {
    var x = leaf(1, 2);
    x.onGradient(g -> g.sum());
    assertThatThrownBy(() -> x.sum().backward())
        .isInstanceOf(ShapeException.class)
        .hasMessage("onGradient: a gradient of f64 [2] was replaced by f64 []; both must agree");
    assertThatThrownBy(() -> x.mul(2).afterAccumulate(_ -> {}))
        .hasMessage(
            "afterAccumulate: this tensor was made by 'mul' and accumulates nothing; use"
                + " onGradient");
  }

  @Test
  void aGradientThatAHookKeptStaysReadable() {
    var x = leaf(2);
    var kept = new ArrayList<Tensor>();
    var y = x.mul(3);
    y.onGradient(g -> {
      kept.add(g);
      return null;
    });
    y.mul(2).add(y.mul(5)).backward();
    assertThat(kept.getFirst().item()).isEqualTo(7);
  }

  // ---------------------------------------------------------------- recording on and off

  @Test
  void recordingOffAndOnAgain() {
    var x = leaf(2);
    Tensor.noGrad(() -> {
      assertThat(x.mul(2).requiresGrad()).isFalse();
      assertThat(Tensor.enableGrad(() -> x.mul(2)).requiresGrad()).isTrue();
      assertThat(x.mul(2).requiresGrad()).isFalse();
    });
    assertThat(x.mul(2).requiresGrad()).isTrue();
  }

  @Test
  void backwardInsideOfNoGradWorks() {
    var x = leaf(2);
    var y = x.square();
    Tensor.noGrad(() -> y.backward());
    assertThat(x.grad().item()).isEqualTo(4);
  }

  @Test
  void detachCutsTheGraph() {
    var x = leaf(3);
    var y = x.square();
    y.detach().mul(x).backward();
    assertThat(x.grad().item()).isEqualTo(9);
  }
}
