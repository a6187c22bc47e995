package dev.jebena.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.DType;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.OverwrittenException;
import dev.jebena.tensor.Tensor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class JointOperationTest {
  /** Radius and angle to x and y. */
  private record Polar(AtomicInteger calls) implements JointOperation {
    @Override
    public Tensor[] forward(Saved saved, Tensor... x) {
      saved.save(x[0], x[1]);
      return new Tensor[] {x[0].mul(x[1].cos()), x[0].mul(x[1].sin())};
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor... g) {
      calls.incrementAndGet();
      var cos = saved.get(1).cos();
      var sin = saved.get(1).sin();
      var radius = g[0].mul(cos).add(g[1].mul(sin));
      return new Tensor[] {
        saved.needsGradient(0) ? radius : null, g[1].mul(cos).sub(g[0].mul(sin)).mul(saved.get(0))
      };
    }
  }

  /** Results of several shapes and types: squares, their sum in f32, where they are large. */
  private record Mixed() implements JointOperation {
    @Override
    public Tensor[] forward(Saved saved, Tensor... x) {
      saved.save(x[0]);
      var square = x[0].square();
      return new Tensor[] {square.to(DType.F32), square.gt(2), square.sum()};
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor... g) {
      assertThat(g[0].dtype()).isEqualTo(DType.F32);
      assertThat(g[1]).isNull();
      assertThat(g[2].dtype()).isEqualTo(DType.F64);
      assertThat(g[2].rank()).isZero();
      return new Tensor[] {g[0].to(DType.F64).add(g[2]).mul(saved.get(0)).mul(2)};
    }
  }

  /** Gives its input twice, and a wrong gradient where asked to. */
  private record Twice(boolean wrong) implements JointOperation {
    @Override
    public String name() {
      return "twice";
    }

    @Override
    public boolean onceDifferentiable() {
      return true;
    }

    @Override
    public Tensor[] forward(Saved saved, Tensor... x) {
      return new Tensor[] {x[0], x[0]};
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor... g) {
      return new Tensor[] {wrong ? Tensor.ones(7) : g[0].add(g[1].mul(2))};
    }
  }

  private static Polar polar() {
    return new Polar(new AtomicInteger());
  }

  private static Tensor radius() {
    return Tensor.of(new double[] {0.5, 1, 2});
  }

  private static Tensor angle() {
    return Tensor.of(new double[] {0.3, -1, 2.5});
  }

  @Test
  void agreesWithDifferencesOfBothOrders() {
    Function<Tensor[], Tensor> both =
        in -> {
          var y = polar().apply(in);
          return y[0].square().mul(3).add(y[1].exp());
        };
    assertThat(GradientCheck.check(both, radius(), angle())).isEmpty();
    assertThat(GradientCheck.checkSecond(both, radius(), angle())).isEmpty();
    for (int i = 0; i < 2; i++) {
      int one = i;
      assertThat(GradientCheck.check(in -> polar().apply(in)[one], radius(), angle())).isEmpty();
    }
  }

  @Test
  void backwardRunsOnceForAllResults() {
    var calls = new AtomicInteger();
    var r = radius().requiresGrad(true);
    var y = new Polar(calls).apply(r, angle());
    y[0].add(y[1]).mul(y[0]).sum().backward();
    assertThat(calls).hasValue(1);
  }

  @Test
  void whatNothingDependsOnHasZeros() {
    var r = radius().requiresGrad(true);
    new Polar(new AtomicInteger()).apply(r, angle())[1].sum().backward();
    assertThat(r.grad().select(0, 0).item()).isCloseTo(Math.sin(0.3), within(1e-12));
    assertThat(polar().apply(radius(), angle())[0].requiresGrad()).isFalse();
  }

  @Test
  void resultsDifferInShapeAndType() {
    var x = Tensor.of(new double[] {1, 2}).requiresGrad(true);
    var y = new Mixed().apply(x);
    assertThat(y[1].requiresGrad()).isFalse();
    assertThat(y[1].select(0, 1).item()).isEqualTo(1);
    y[0].mul(Tensor.of(new float[] {1, 10})).sum().to(DType.F64).add(y[2].mul(100)).backward();
    assertThat(x.grad().allClose(Tensor.of(new double[] {202, 440}))).isTrue();
  }

  @Test
  void anInputMayBeGivenTwice() {
    var x = Tensor.of(new double[] {3}).requiresGrad(true);
    var y = new Twice(false).apply(x);
    y[0].mul(5).add(y[1].mul(7)).backward();
    assertThat(x.grad().item()).isEqualTo(19);
    assertThatThrownBy(() -> Autograd.differentiableGrad(new Twice(false).apply(x)[1], x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("backward of twice: it says that it is differentiable once");
    assertThatThrownBy(() -> new Twice(true).apply(x)[0].backward())
        .isInstanceOf(ShapeException.class)
        .hasMessage("backward of twice: gradient 0 has shape [7], its input [1]");
  }

  @Test
  void savedValuesAreGuarded() {
    var r = radius().requiresGrad(true);
    var grown = r.mul(1);
    var y = polar().apply(grown, angle());
    grown.addInPlace(1);
    assertThatThrownBy(() -> y[1].sum().backward())
        .isInstanceOf(OverwrittenException.class)
        .hasMessageContaining("backward of Polar: needs a value of shape [3] that addInPlace");
  }

  @Test
  void picturesShowItOnce() {
    var y = polar().apply(radius().requiresGrad(true), angle());
    var dot = Graph.of(y[0].add(y[1])).toDot();
    assertThat(dot).contains("Polar[0]", "Polar[1]");
    assertThat(dot.split("Polar\\b(?!\\[)", -1)).hasSize(2);
  }
}
