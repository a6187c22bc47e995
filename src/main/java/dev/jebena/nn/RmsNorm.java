package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/** {@code y = x / √(mean(x²) + eps) ∘ weight} over the last axis (Zhang and Sennrich, 2019). */
public final class RmsNorm implements Module {
  private final Tensor weight;
  private final double eps;

  /**
   * @param weight {@code [D]}
   */
  public RmsNorm(Tensor weight, double eps) {
    this.weight = weight.requiresGrad(true);
    this.eps = eps;
  }

  /** {@code [..., D]} to the same. */
  public Tensor forward(Tensor x) {
    return normalise(x, weight, eps);
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.parameter("weight", weight);
  }

  /**
   * The operation itself.
   *
   * @param x {@code [..., D]}
   * @param weight {@code [D]}
   */
  public static Tensor normalise(Tensor x, Tensor weight, double eps) {
    if (x.rank() == 0 || !weight.shape().equals(Shape.of(x.size(-1)))) {
      throw new ShapeException(
          "rmsNorm: input "
              + x.shape()
              + " and weight "
              + weight.shape()
              + " do not fit: an input [..., D] takes a weight [D]");
    }
    var kernel = Fused.kernel(RmsNormKernel.class, x, weight);
    if (kernel.isEmpty()) {
      var meanSquare = x.square().mean(new int[] {-1}, true);
      return x.mul(meanSquare.add(eps).rsqrt()).mul(weight);
    }
    long d = x.size(-1);
    var rows = x.reshape(-1, d).contiguous();
    return fused(kernel.get(), rows, weight.contiguous(), eps).reshape(x.shape().toArray());
  }

  private static Tensor fused(RmsNormKernel kernel, Tensor x, Tensor weight, double eps) {
    var out = Fused.empty(x, x.size(0), x.size(1));
    var reciprocal = Fused.empty(x, x.size(0));
    kernel.forward(x.operand(), weight.operand(), eps, out.operand(), reciprocal.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(weight);
    return Tape.record(
        "rmsNorm",
        out,
        g -> {
          Fused.requireFirstOrder("rmsNorm");
          var gy = g.contiguous();
          var gx = Fused.empty(x, x.size(0), x.size(1));
          var gWeight = Fused.empty(x, x.size(1));
          kernel.backward(
              x.operand(),
              weight.operand(),
              reciprocal.operand(),
              gy.operand(),
              gx.operand(),
              gWeight.operand());
          Reference.reachabilityFence(x);
          Reference.reachabilityFence(weight);
          Reference.reachabilityFence(reciprocal);
          Reference.reachabilityFence(gy);
          return gradients(gx, gWeight);
        },
        x,
        weight);
  }
}
