package dev.jebena.nn;

import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/** {@code y = x / √(mean(x²) + eps) ∘ weight} over the last axis (Zhang and Sennrich, 2019). */
public final class RmsNorm implements RowNorm {
  private final Tensor weight;
  private final double eps;
  private final boolean unitOffset;

  /**
   * @param weight {@code [D]}, or null for ones that are not learned
   */
  public RmsNorm(Tensor weight, double eps) {
    this(weight, eps, false);
  }

  /**
   * @param weight {@code [D]} or null
   * @param unitOffset whether the weight is stored as its difference from 1, as in Gemma
   */
  public RmsNorm(Tensor weight, double eps, boolean unitOffset) {
    this.weight = weight == null ? null : weight.requiresGrad(true);
    this.eps = eps;
    this.unitOffset = unitOffset && weight != null;
  }

  @Override
  public Tensor forward(Tensor x) {
    return normalise(x, factors(), eps);
  }

  /** What rows are multiplied by; null for ones. */
  private Tensor factors() {
    return unitOffset ? weight.add(1) : weight;
  }

  @Override
  public void describe(Visitor visitor) {
    if (weight != null) {
      visitor.parameter("weight", weight);
    }
  }

  /**
   * The operation itself.
   *
   * @param x {@code [..., D]}
   * @param weight {@code [D]}, or null for ones
   */
  public static Tensor normalise(Tensor x, Tensor weight, double eps) {
    LayerNorm.requireRow("rmsNorm", x, "weight", weight);
    var kernel = Fused.kernel(RmsNormKernel.class, Fused.present(x, weight));
    if (kernel.isEmpty()) {
      var meanSquare = x.square().mean(new int[] {-1}, true);
      var y = x.mul(meanSquare.add(eps).rsqrt());
      return weight == null ? y : y.mul(weight);
    }
    return fused(kernel.get(), x.contiguous(), null, Fused.contiguous(weight), eps).normed();
  }

  @Override
  public NormedSum forwardAdded(Tensor x, Tensor residual) {
    return normaliseSum(x, residual, factors(), eps);
  }

  /** {@code x + residual} and {@link #normalise} of it; a device may have one kernel for both. */
  public static NormedSum normaliseSum(Tensor x, Tensor residual, Tensor weight, double eps) {
    LayerNorm.requireRow("rmsNorm", x, "weight", weight);
    var kernel = Fused.kernel(RmsNormKernel.class, Fused.present(x, residual, weight));
    if (kernel.isEmpty() || !x.shape().equals(residual.shape())) {
      var sum = x.add(residual);
      return new NormedSum(sum, normalise(sum, weight, eps));
    }
    return fused(
        kernel.get(), x.contiguous(), residual.contiguous(), Fused.contiguous(weight), eps);
  }

  /** All tensors contiguous; {@code residual} and {@code weight} may be null. */
  private static NormedSum fused(
      RmsNormKernel kernel, Tensor x, Tensor residual, Tensor weight, double eps) {
    var out = Fused.empty(x, x.shape().toArray());
    var reciprocal = Fused.empty(x, x.elements() / x.size(-1));
    var sum = residual == null ? x : Fused.empty(x, x.shape().toArray());
    kernel.forward(
        Fused.matrix(x),
        Fused.matrix(residual),
        Fused.operand(weight),
        eps,
        residual == null ? null : Fused.matrix(sum),
        Fused.matrix(out),
        reciprocal.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(residual);
    Reference.reachabilityFence(weight);
    if (residual != null) {
      Tape.record("add", sum, g -> Tape.gradients(g, g), x, residual);
    }
    Tape.record(
        "rmsNorm",
        out,
        (g, further) -> {
          Fused.requireFirstOrder("rmsNorm");
          var gy = g.contiguous();
          var other = Fused.contiguous(further);
          var gSum = Fused.empty(sum, sum.shape().toArray());
          var gWeight = weight == null ? null : Fused.empty(weight, weight.size(0));
          kernel.backward(
              Fused.matrix(sum),
              Fused.operand(weight),
              reciprocal.operand(),
              Fused.matrix(gy),
              Fused.matrix(other),
              Fused.matrix(gSum),
              Fused.operand(gWeight));
          Reference.reachabilityFence(sum);
          Reference.reachabilityFence(weight);
          Reference.reachabilityFence(reciprocal);
          Reference.reachabilityFence(gy);
          Reference.reachabilityFence(other);
          return Fused.present(gSum, gWeight);
        },
        Fused.present(sum, weight));
    return new NormedSum(sum, out);
  }
}
