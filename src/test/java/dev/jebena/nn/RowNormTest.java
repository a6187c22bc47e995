package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Norms in a graph: their gradients meet others, and modules hold what they say. */
class RowNormTest {
  private static Tensor normal(DType dtype, long... shape) {
    return Tensor.random(RandomOp.NORMAL, 0, 1, DType.F64, Shape.of(shape)).to(dtype);
  }

  /** Gradients of x and both weights where a residual stream passes several norms. */
  private static List<Tensor> gradients(DType dtype) {
    return Context.current()
        .withDevice(Devices.get("cpu"))
        .withSeed(7)
        .call(() -> {
          var x = normal(dtype, 2, 5, 19).requiresGrad(true);
          var other = normal(dtype, 2, 5, 19).requiresGrad(true);
          var rms = new RmsNorm(normal(dtype, 19), 1e-5);
          var layer = new LayerNorm(normal(dtype, 19), normal(dtype, 19), 1e-5);
          var first = rms.forwardAdded(x, other);
          var second = layer.forwardAdded(first.normed().sin(), first.sum());
          // two norms of one tensor: the second to come back adds to what the first left
          var third = rms.forward(second.sum()).mul(layer.forward(second.sum()));
          var y = third.add(second.normed()).mul(second.sum());
          y.square().sum().backward();
          var found = new ArrayList<>(List.of(x.grad(), other.grad()));
          rms.namedParameters().values().forEach(p -> found.add(p.grad()));
          layer.namedParameters().values().forEach(p -> found.add(p.grad()));
          return found;
        });
  }

  @Test
  void gradientsThatMeetAtANormAreAllThere() {
    var fused = gradients(DType.F32);
    var composed = gradients(DType.F64);
    assertThat(fused).hasSize(5);
    for (int i = 0; i < fused.size(); i++) {
      double[] expected = composed.get(i).toDoubles();
      double largest = 0;
      for (double e : expected) {
        largest = Math.max(largest, Math.abs(e));
      }
      assertThat(fused.get(i).to(DType.F64).toDoubles())
          .as("gradient %d", i)
          .containsExactly(expected, within(2e-5 * largest));
    }
  }

  @Test
  void aUnitOffsetIsAddedToTheWeight() {
    var x = Tensor.of(new float[] {3, -4}, 1, 2);
    var weight = Tensor.of(new float[] {0, 1});
    double r = 1 / Math.sqrt(12.5);
    var norm = new RmsNorm(weight, 0, true);
    assertThat(norm.forward(x).toDoubles())
        .containsExactly(new double[] {3 * r, -8 * r}, within(1e-6));
    norm.forward(x).sum().backward();
    assertThat(weight.grad().toDoubles())
        .containsExactly(new double[] {3 * r, -4 * r}, within(1e-6));
    assertThat(norm.namedParameters()).containsOnlyKeys("weight");
  }

  @Test
  void normsWithoutParametersHaveNone() {
    var x = Tensor.of(new float[] {1, 3}, 1, 2);
    assertThat(new LayerNorm(null, null, 0).forward(x).toDoubles()).containsExactly(-1, 1);
    assertThat(new LayerNorm(null, null, 0).namedParameters()).isEmpty();
    assertThat(new RmsNorm(null, 0).namedParameters()).isEmpty();
  }
}
