package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gradients at kinks, ends and infinities, where a rule has to choose: what PyTorch 2.13 gives. */
class GradientLimitsTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private record Case(
      String name, UnaryOperator<Tensor> function, double[] at, double[] gradient) {}

  private final List<Case> cases = new ArrayList<>();

  private void at(String name, UnaryOperator<Tensor> f, double[] x, double... gradient) {
    cases.add(new Case(name, f, x, gradient));
  }

  private static double[] x(double... values) {
    return values;
  }

  @TestFactory
  Stream<DynamicTest> whatPyTorchChooses() {
    at("abs", Tensor::abs, x(-1, 0, 2), -1, 0, 1);
    at("relu", Tensor::relu, x(-1, 0, 2, NAN), 0, 0, 1, 1);
    at("clamp", t -> t.clamp(-1, 1), x(-1, 0, 2, 1, NAN), 1, 1, 0, 1, 0);
    at("sqrt", Tensor::sqrt, x(0, 4, -1), INF, 0.25, NAN);
    at("pow 0", t -> t.pow(0), x(0, 4, -1), 0, 0, 0);
    at("pow 2", t -> t.pow(2), x(0, 4, -1), 0, 8, -2);
    at("max of equals", Tensor::max, x(3, 1, 3, 2), 0.5, 0, 0.5, 0);
    at("maximum of equals", t -> t.maximum(Tensor.scalar(1)), x(3, 1, 0), 1, 0.5, 0);
    at("norm", Tensor::norm, x(0, 0, 0), 0, 0, 0);
    at("norm 1", t -> t.norm(1, new int[] {0}, false), x(0, -2, 3), 0, -1, 1);
    at("norm 3", t -> t.norm(3, new int[] {0}, false), x(0, 0, 0), 0, 0, 0);
    at("norm inf", t -> t.norm(INF, new int[] {0}, false), x(-3, 1, 3), -0.5, 0, 0.5);
    at("prod", Tensor::prod, x(0, 2, 3), 6, 0, 0);
    at("prod of zeros", Tensor::prod, x(0, 2, 0), 0, 0, 0);
    at("cumprod", t -> t.cumprod(0), x(2, 0, 3, 0, 1), 1, 8, 0, 0, 0);
    at("std of equals", t -> t.std(1), x(2, 2, 2), 0, 0, 0);
    at("var of one", t -> t.var(1), x(2), NAN);
    at("softmax", t -> t.softmax(0).select(0, 0), x(-INF, 0), 0, 0);
    at("logSoftmax", t -> t.logSoftmax(0).select(0, 1), x(-INF, 0), 0, 0);
    at("xlogy", t -> t.xlogy(Tensor.of(new double[] {0, 1, 2})), x(0, 1, 2), 0, 0, Math.log(2));
    at("atan2 of the origin", t -> t.atan2(t), x(0, 1), 0, 0);
    at("logit", Tensor::logit, x(0.5, 1.5, -0.5), 4, NAN, NAN);
    at("median of all", Tensor::median, x(3, 1, 2, 2), 0, 0, 0.5, 0.5);
    at("cummax", t -> t.cummax(0).values(), x(3, 1, 3, 5), 2, 0, 1, 1);
    at("nanToNum", Tensor::nanToNum, x(0.5, NAN, INF), 1, 0, 0);
    at("nanSum", t -> t.nanSum(new int[] {0}, false), x(0.5, NAN), 1, 0);
    at("copySign", t -> t.copySign(Tensor.scalar(-1)), x(0.7, -0.3, 0), -1, 1, 0);
    at("hardSwish", Tensor::hardSwish, x(-3, 3, 0, -4, 4), 0, 1, 0.5, 0, 1);
    at("hardSigmoid", t -> t.hardSigmoid().mul(6), x(-3, 3, 0), 0, 0, 1);
    at("relu6", Tensor::relu6, x(6, 0, 3), 0, 0, 1);
    at("hardtanh", t -> t.hardtanh(-1, 1), x(-1, 1, 0), 0, 0, 1);
    at("leakyRelu", t -> t.leakyRelu(0.25), x(-1, 1, 0), 0.25, 1, 0.25);
    at("elu", t -> t.elu(2), x(1, 0), 1, 2);
    at("where", t -> Tensor.where(t.gt(0), t.log(), t), x(2, 0, 1), 0.5, NAN, 1);
    return cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  private static void check(Case c) {
    var leaf = Tensor.of(c.at()).requiresGrad(true);
    c.function().apply(leaf).sum().backward();
    assertThat(leaf.grad().dtype()).isEqualTo(DType.F64);
    double[] gradient = leaf.grad().toDoubles();
    for (int i = 0; i < gradient.length; i++) {
      assertThat(Double.valueOf(gradient[i] + 0.0)) // −0 is 0
          .as("at %s", c.at()[i])
          .isEqualTo(Double.valueOf(c.gradient()[i]));
    }
  }
}
