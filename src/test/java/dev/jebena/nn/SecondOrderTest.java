package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.autograd.Autograd;
import dev.jebena.autograd.GradientCheck;
import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.SampleInputs;
import dev.jebena.testing.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Gradients of gradients of every differentiable row of the operation table. */
class SecondOrderTest {
  private static final Device REFERENCE = Devices.get("reference");

  /** Differences need a backward pass an element: small samples show as much as large ones. */
  private static final int ELEMENTS = 60;

  /** The sum of absolute values, at a sample with a 0: its gradient jumps there. */
  private static final Set<String> KINKS = Set.of("normP: all");

  private static Stream<Operation.Sample> samples(Operation op) {
    return op.samples().stream()
        .filter(sample -> sample.inputs().stream().anyMatch(i -> i.dtype() == null))
        .filter(sample ->
            sample.inputs().stream()
                    .mapToLong(i -> Arrays.stream(i.sizes()).reduce(1, (a, b) -> a * b))
                    .sum()
                <= ELEMENTS);
  }

  @TestFactory
  Stream<DynamicTest> gradientsOfGradientsAgreeWithDifferences() {
    return OperationTable.all().stream()
        .filter(Operation::differentiable)
        .flatMap(op ->
            samples(op)
                .filter(sample -> !KINKS.contains(op.name() + ": " + sample.label()))
                .limit(4)
                .map(sample ->
                    DynamicTest.dynamicTest(
                        op.name() + ": " + sample.label(), () -> check(op, sample))));
  }

  private static void check(Operation op, Operation.Sample sample) {
    var inputs = SampleInputs.make(sample, REFERENCE, DType.F64);
    var trained = new ArrayList<Tensor>();
    for (var input : inputs) {
      if (input.dtype() == DType.F64) {
        trained.add(input);
      }
    }
    var wrong =
        Context.current()
            .withDevice(REFERENCE)
            .call(() ->
                GradientCheck.checkSecond(
                    leaves ->
                        op.apply().apply(merged(inputs, List.of(leaves)), sample.attributes()),
                    trained.toArray(new Tensor[0])));
    assertThat(wrong).isEmpty();
  }

  private static Tensor[] merged(Tensor[] inputs, List<Tensor> leaves) {
    var next = leaves.iterator();
    var all = inputs.clone();
    for (int i = 0; i < all.length; i++) {
      all[i] = all[i].dtype() == DType.F64 ? next.next() : all[i];
    }
    return all;
  }

  /** Where one or two factors are 0 the second derivatives are products of the others. */
  @Test
  void productsWithZeros() {
    for (double[] values : new double[][] {{0, 2, 3}, {0, 0, 3}, {0, 0, 0}, {2, 3, 5}}) {
      double[] h = Autograd.hessian(Tensor::prod, Tensor.of(values)).toDoubles();
      double a = values[0];
      double b = values[1];
      double c = values[2];
      assertThat(h).containsExactly(0, c, b, c, 0, a, b, a, 0);
    }
  }

  /** In f32 a fused kernel either refuses or is as right as the composition. */
  @TestFactory
  Stream<DynamicTest> fusedKernelsRefuseOrAreRight() {
    return OperationTable.all().stream()
        .filter(Operation::differentiable)
        .flatMap(op ->
            samples(op)
                .limit(2)
                .map(sample ->
                    DynamicTest.dynamicTest(
                        op.name() + ": " + sample.label(), () -> compare(op, sample))));
  }

  private static void compare(Operation op, Operation.Sample sample) {
    List<Tensor> actual;
    try {
      actual = second(op, sample, Devices.get("cpu"), DType.F32);
    } catch (IllegalStateException e) {
      assertThat(e)
          .hasMessageContaining("second derivatives are not available through its fused kernel");
      return;
    }
    var expected = second(op, sample, REFERENCE, DType.F64);
    for (int i = 0; i < expected.size(); i++) {
      if (expected.get(i) == null) {
        assertThat(actual.get(i)).isNull();
      } else {
        Values.assertClose(
            "second gradient of input " + i,
            actual.get(i),
            expected.get(i).toDoubles(),
            1e-3,
            1e-3);
      }
    }
  }

  /** The gradient of a weighted sum of all first gradients. */
  private static List<Tensor> second(
      Operation op, Operation.Sample sample, Device device, DType dtype) {
    return Context.current()
        .withDevice(device)
        .call(() -> {
          var inputs = SampleInputs.make(sample, device, dtype);
          var leaves = new ArrayList<Tensor>();
          for (int i = 0; i < inputs.length; i++) {
            if (sample.inputs().get(i).dtype() == null) {
              leaves.add(inputs[i].requiresGrad(true));
            }
          }
          var y = op.apply().apply(inputs, sample.attributes());
          if (!y.requiresGrad()) {
            return List.<Tensor>of();
          }
          var all = leaves.toArray(new Tensor[0]);
          // bends everywhere, and does not magnify what f32 has lost in large outputs
          var loss = GradientCheck.weighted(y.sin());
          var first = Autograd.grad(new Tensor[] {loss}, all, null, true, true, true);
          Tensor sum = null;
          for (var g : first) {
            if (g != null && g.requiresGrad()) {
              var part = GradientCheck.weighted(g);
              sum = sum == null ? part : sum.add(part);
            }
          }
          return sum == null
              ? List.<Tensor>of()
              : Arrays.asList(Autograd.grad(new Tensor[] {sum}, all, null, true, false, true));
        });
  }

  /** {@code x⁴}, {@code eˣ}, {@code sin x}: derivatives of order three that are known. */
  @TestFactory
  Stream<DynamicTest> thirdOrder() {
    double x = 0.7;
    return Stream.of(
            new Known("pow", t -> t.pow(4), 24 * x),
            new Known("exp", Tensor::exp, Math.exp(x)),
            new Known("sin", Tensor::sin, -Math.cos(x)),
            new Known("log", Tensor::log, 2 / (x * x * x)),
            new Known("reciprocal", Tensor::reciprocal, -6 / (x * x * x * x)),
            new Known("sqrt", Tensor::sqrt, 0.375 * Math.pow(x, -2.5)),
            new Known("mul", t -> t.mul(t).mul(t), 6))
        .map(known ->
            DynamicTest.dynamicTest(
                known.name,
                () -> {
                  var leaf = Tensor.of(new double[] {x}).requiresGrad(true);
                  var y = known.f.apply(leaf);
                  for (int order = 0; order < 3; order++) {
                    y = Autograd.differentiableGrad(y, leaf)[0];
                  }
                  assertThat(y.item()).isCloseTo(known.third, Offset.offset(1e-9));
                }));
  }

  private record Known(String name, UnaryOperator<Tensor> f, double third) {}
}
