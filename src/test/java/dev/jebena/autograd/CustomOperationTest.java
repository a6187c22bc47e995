package dev.jebena.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.OverwrittenException;
import dev.jebena.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CustomOperationTest {
  /** {@code scale · x³}. */
  private record Cube(double scale) implements CustomOperation {
    @Override
    public Tensor forward(Saved saved, Tensor... x) {
      saved.save(x[0]);
      return x[0].pow(3).mul(scale);
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor gradient) {
      return new Tensor[] {gradient.mul(saved.get(0).square()).mul(3 * scale)};
    }
  }

  /** {@code exp(a)·b}, with a saved output and an input that may not need its gradient. */
  private record Weighted() implements CustomOperation {
    @Override
    public Tensor forward(Saved saved, Tensor... x) {
      var y = x[0].exp().mul(x[1]);
      saved.save(x[0], y);
      return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor gradient) {
      return new Tensor[] {
        gradient.mul(saved.get(1)), saved.needsGradient(1) ? gradient.mul(saved.get(0).exp()) : null
      };
    }
  }

  /** Computes its gradient outside of the tape. */
  private record Host() implements CustomOperation {
    @Override
    public String name() {
      return "host";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... x) {
      saved.save(x[0]);
      return Tensor.of(new double[] {x[0].item() * x[0].item()});
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor gradient) {
      return new Tensor[] {Tensor.of(new double[] {2 * saved.get(0).item() * gradient.item()})};
    }

    @Override
    public boolean onceDifferentiable() {
      return true;
    }
  }

  /** A gradient from nothing but its given values. */
  private record Given(Tensor result, Tensor... gradients) implements CustomOperation {
    @Override
    public Tensor forward(Saved saved, Tensor... x) {
      return result == null ? x[0] : result;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor gradient) {
      return gradients.length == 0 ? new Tensor[] {gradient} : gradients;
    }
  }

  @Test
  void agreesWithDifferencesOfBothOrders() {
    var x = Tensor.of(new double[] {0.5, -1, 2});
    assertThat(GradientCheck.check(in -> new Cube(2).apply(in), x)).isEmpty();
    assertThat(GradientCheck.checkSecond(in -> new Cube(2).apply(in), x)).isEmpty();
    var b = Tensor.of(new double[] {3, 4, 5});
    assertThat(GradientCheck.check(in -> new Weighted().apply(in), x, b)).isEmpty();
    assertThat(GradientCheck.checkSecond(in -> new Weighted().apply(in), x, b)).isEmpty();
  }

  @Test
  void whatIsNotNeededIsNotAskedFor() {
    var x = Tensor.of(new double[] {0}).requiresGrad(true);
    new Weighted().apply(x, Tensor.of(new double[] {7})).backward();
    assertThat(x.grad().item()).isEqualTo(7);
    assertThat(new Weighted().apply(x.detach(), Tensor.of(new double[] {7})).requiresGrad())
        .isFalse();
  }

  @Test
  void onceDifferentiableRefusesByName() {
    var x = Tensor.of(new double[] {3}).requiresGrad(true);
    new Host().apply(x).backward();
    assertThat(x.grad().item()).isEqualTo(6);
    assertThatThrownBy(() -> Autograd.differentiableGrad(new Host().apply(x), x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "backward of host: it says that it is differentiable once; gradients of its gradients"
                + " are not available");
  }

  @Test
  void savedValuesAreGuarded() {
    var x = Tensor.of(new double[] {3}).requiresGrad(true);
    var y = x.mul(1);
    var z = new Cube(1).apply(y);
    y.addInPlace(1);
    assertThatThrownBy(z::backward)
        .isInstanceOf(OverwrittenException.class)
        .hasMessageContaining("backward of Cube: needs a value of shape [1] that addInPlace");
  }

  @Test
  void anInputMayBeTheOutput() {
    var x = Tensor.of(new double[] {3}).requiresGrad(true);
    var y = new Given(null).apply(x);
    assertThat(y).isNotSameAs(x);
    y.mul(2).backward();
    assertThat(x.grad().item()).isEqualTo(2);
    var other = Tensor.of(new double[] {1}).requiresGrad(true);
    new Given(other).apply(x).backward();
    assertThat(other.isLeaf()).isTrue();
    assertThat(other.grad()).isNull();
  }

  @Test
  void wrongGradientsAreRefused() {
    var x = Tensor.of(new double[] {3}).requiresGrad(true);
    assertThatThrownBy(() -> new Given(null, Tensor.ones(2)).apply(x).backward())
        .isInstanceOf(ShapeException.class)
        .hasMessage("backward of Given: gradient 0 has shape [2], its input [1]");
    assertThatThrownBy(() -> new Given(null, x, x).apply(x).backward())
        .hasMessage("backward of Given: its rule gave 2 gradients for 1 inputs");
  }
}
