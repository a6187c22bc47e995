package dev.jebena.nn;

import dev.jebena.kernel.fused.LayerNormKernel;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * {@code y = (x − mean(x)) / √(var(x) + eps) ∘ weight + bias} over the last axis (Ba et al., 2016).
 */
public final class LayerNorm implements RowNorm {
  private final Tensor weight;
  private final Tensor bias;
  private final double eps;

  /**
   * @param weight {@code [D]}, or null for ones that are not learned
   * @param bias {@code [D]} or null
   */
  public LayerNorm(Tensor weight, Tensor bias, double eps) {
    this.weight = weight == null ? null : weight.requiresGrad(true);
    this.bias = bias == null ? null : bias.requiresGrad(true);
    this.eps = eps;
  }

  @Override
  public Tensor forward(Tensor x) {
    return normalise(x, weight, bias, eps);
  }

  @Override
  public void describe(Visitor visitor) {
    if (weight != null) {
      visitor.parameter("weight", weight);
    }
    if (bias != null) {
      visitor.parameter("bias", bias);
    }
  }

  /**
   * The operation itself.
   *
   * @param x {@code [..., D]}
   * @param weight {@code [D]}, or null for ones
   * @param bias {@code [D]}, or null for zeros
   */
  public static Tensor normalise(Tensor x, Tensor weight, Tensor bias, double eps) {
    requireRow("layerNorm", x, "weight", weight);
    requireRow("layerNorm", x, "bias", bias);
    var kernel = Fused.kernel(LayerNormKernel.class, Fused.present(x, weight, bias));
    if (kernel.isEmpty()) {
      var centred = x.sub(x.mean(new int[] {-1}, true));
      var variance = centred.square().mean(new int[] {-1}, true);
      var y = centred.mul(variance.add(eps).rsqrt());
      y = weight == null ? y : y.mul(weight);
      return bias == null ? y : y.add(bias);
    }
    return fused(
            kernel.get(),
            x.contiguous(),
            null,
            Fused.contiguous(weight),
            Fused.contiguous(bias),
            eps)
        .normed();
  }

  @Override
  public NormedSum forwardAdded(Tensor x, Tensor residual) {
    return normaliseSum(x, residual, weight, bias, eps);
  }

  /** {@code x + residual} and {@link #normalise} of it; a device may have one kernel for both. */
  public static NormedSum normaliseSum(
      Tensor x, Tensor residual, Tensor weight, Tensor bias, double eps) {
    requireRow("layerNorm", x, "weight", weight);
    requireRow("layerNorm", x, "bias", bias);
    var kernel = Fused.kernel(LayerNormKernel.class, Fused.present(x, residual, weight, bias));
    if (kernel.isEmpty() || !x.shape().equals(residual.shape())) {
      var sum = x.add(residual);
      return new NormedSum(sum, normalise(sum, weight, bias, eps));
    }
    return fused(
        kernel.get(),
        x.contiguous(),
        residual.contiguous(),
        Fused.contiguous(weight),
        Fused.contiguous(bias),
        eps);
  }

  /** Refuses parameters that are no row of x. */
  static void requireRow(String operation, Tensor x, String what, Tensor row) {
    if (x.rank() == 0 || row != null && (row.rank() != 1 || row.size(0) != x.size(-1))) {
      throw new ShapeException(
          operation
              + ": input "
              + x.shape()
              + (row == null ? "" : " and " + what + " " + row.shape())
              + " do not fit: an input [..., D] takes a "
              + what
              + " [D]");
    }
  }

  /** All tensors contiguous; all but {@code x} may be null. */
  private static NormedSum fused(
      LayerNormKernel kernel, Tensor x, Tensor residual, Tensor weight, Tensor bias, double eps) {
    var out = Fused.empty(x, x.shape().toArray());
    var mean = Fused.empty(x, x.elements() / x.size(-1));
    var reciprocal = Fused.empty(x, mean.size(0));
    var sum = residual == null ? x : Fused.empty(x, x.shape().toArray());
    kernel.forward(
        Fused.matrix(x),
        Fused.matrix(residual),
        Fused.operand(weight),
        Fused.operand(bias),
        eps,
        residual == null ? null : Fused.matrix(sum),
        Fused.matrix(out),
        mean.operand(),
        reciprocal.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(residual);
    Reference.reachabilityFence(weight);
    Reference.reachabilityFence(bias);
    if (residual != null) {
      Tape.record("add", sum, g -> Tape.gradients(g, g), x, residual);
    }
    Tape.record(
        "layerNorm",
        out,
        (g, further) -> {
          Fused.requireFirstOrder("layerNorm");
          var gy = g.contiguous();
          var other = Fused.contiguous(further);
          var gSum = Fused.empty(sum, sum.shape().toArray());
          var gWeight = weight == null ? null : Fused.empty(weight, weight.size(0));
          var gBias = bias == null ? null : Fused.empty(bias, bias.size(0));
          kernel.backward(
              Fused.matrix(sum),
              Fused.operand(weight),
              mean.operand(),
              reciprocal.operand(),
              Fused.matrix(gy),
              Fused.matrix(other),
              Fused.matrix(gSum),
              Fused.operand(gWeight),
              Fused.operand(gBias));
          Reference.reachabilityFence(sum);
          Reference.reachabilityFence(weight);
          Reference.reachabilityFence(mean);
          Reference.reachabilityFence(reciprocal);
          Reference.reachabilityFence(gy);
          Reference.reachabilityFence(other);
          return Fused.present(gSum, gWeight, gBias);
        },
        Fused.present(sum, weight, bias));
    return new NormedSum(sum, out);
  }
}
