package dev.jebena.autograd;

import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * Holds the gradients of a function against central differences, in f64: {@code (f(x + h) − f(x −
 * h)) / 2h} for every element of every input.
 */
public final class GradientCheck {
  private static final double STEP = 1e-6;
  private static final double ABSOLUTE = 1e-5;
  private static final double RELATIVE = 1e-3;

  private GradientCheck() {}

  /**
   * Checks {@code f} at {@code inputs}. The output is made a scalar by a fixed weighted sum, so
   * that every element matters in its own way.
   *
   * @param inputs f64 leaves; others (indices, masks) are left alone
   * @return what differs, or empty
   */
  public static Optional<String> check(Function<Tensor[], Tensor> f, Tensor... inputs) {
    var leaves = new Tensor[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i].dtype() == DType.F64) {
        leaves[i] = inputs[i].detach().copy().requiresGrad(true);
      } else if (inputs[i].dtype() == DType.BOOL || inputs[i].dtype().isInteger()) {
        leaves[i] = inputs[i];
      } else {
        throw new DTypeException(
            "gradient check: input " + i + " is " + inputs[i].dtype() + "; differences need f64");
      }
    }
    weighted(f.apply(leaves)).backward();
    for (int i = 0; i < leaves.length; i++) {
      if (leaves[i].requiresGrad()) {
        var wrong = compare(f, leaves, i);
        if (wrong.isPresent()) {
          return wrong;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Checks second derivatives of {@code f} at {@code inputs}: holds the gradient of its gradients
   * against differences of its gradients, with respect to the inputs and to the gradient that
   * arrives.
   *
   * @param inputs f64 leaves; others (indices, masks) are left alone
   * @return what differs, or empty
   */
  public static Optional<String> checkSecond(Function<Tensor[], Tensor> f, Tensor... inputs) {
    var y = Tensor.noGrad(() -> f.apply(inputs));
    double[] v = new double[Math.toIntExact(y.elements())];
    Arrays.setAll(v, i -> 1.5 - (i * 0.7548776662466927) % 1.0);
    var all = Arrays.copyOf(inputs, inputs.length + 1);
    all[inputs.length] =
        Tensor.of(v, v.length).to(y.device()).to(DType.F64).reshape(y.shape().toArray());
    return check(leaves -> gradients(f, leaves), all);
  }

  /** One number made of all first gradients; the last of {@code given} is what arrives. */
  private static Tensor gradients(Function<Tensor[], Tensor> f, Tensor... given) {
    return Tensor.enableGrad(() -> {
      var leaves = given.clone();
      var trained = new ArrayList<Tensor>();
      for (int i = 0; i < leaves.length; i++) {
        if (leaves[i].dtype() == DType.F64) {
          leaves[i] = leaves[i].requiresGrad() ? leaves[i] : leaves[i].copy().requiresGrad(true);
          trained.add(leaves[i]);
        }
      }
      var arriving = trained.removeLast();
      var y = f.apply(Arrays.copyOf(leaves, leaves.length - 1));
      var found =
          Autograd.grad(
              new Tensor[] {y},
              trained.toArray(new Tensor[0]),
              new Tensor[] {arriving},
              true,
              true,
              true);
      var sum = arriving.sum().mul(0);
      for (var gradient : found) {
        sum = gradient == null ? sum : sum.add(weighted(gradient));
      }
      return sum;
    });
  }

  /** {@code Σ w·y} with weights between 0.5 and 1.5 that depend on the position only. */
  public static Tensor weighted(Tensor y) {
    double[] w = new double[Math.toIntExact(y.elements())];
    Arrays.setAll(w, i -> 0.5 + (i * 0.6180339887498949) % 1.0);
    return y.mul(Tensor.of(w, w.length).to(y.device()).to(y.dtype()).reshape(y.shape().toArray()))
        .sum();
  }

  private static Optional<String> compare(Function<Tensor[], Tensor> f, Tensor[] leaves, int at) {
    var leaf = leaves[at];
    double[] values = leaf.toDoubles();
    double[] gradient = leaf.grad() == null ? new double[values.length] : leaf.grad().toDoubles();
    for (int j = 0; j < values.length; j++) {
      double difference =
          (value(f, leaves, at, values, j, STEP) - value(f, leaves, at, values, j, -STEP))
              / (2 * STEP);
      double error = Math.abs(gradient[j] - difference);
      if (!(error <= ABSOLUTE + RELATIVE * Math.abs(difference))) {
        return Optional.of(
            "input "
                + at
                + " of shape "
                + leaf.shape()
                + ", element "
                + j
                + ": gradient "
                + gradient[j]
                + ", difference "
                + difference);
      }
    }
    return Optional.empty();
  }

  private static double value(
      Function<Tensor[], Tensor> f, Tensor[] leaves, int at, double[] values, int j, double step) {
    double[] moved = values.clone();
    moved[j] += step;
    var inputs = leaves.clone();
    inputs[at] =
        Tensor.of(moved, moved.length)
            .to(leaves[at].device())
            .reshape(leaves[at].shape().toArray());
    return Tensor.noGrad(() -> weighted(f.apply(inputs)).item());
  }
}
