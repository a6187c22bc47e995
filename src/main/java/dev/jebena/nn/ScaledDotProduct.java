package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * {@code softmax(scale · q kᵀ) v}: the operation in the middle of attention (Vaswani et al., 2017).
 */
public final class ScaledDotProduct {
  private ScaledDotProduct() {}

  /**
   * Causal or full attention.
   *
   * @param q {@code [B, H, T, D]}
   * @param k {@code [B, G, S, D]}, H a multiple of G: query head h reads group h / (H/G)
   * @param v {@code [B, G, S, D]}
   * @param causal query t sees keys up to {@code t + S − T}
   * @return {@code [B, H, T, D]}
   */
  public static Tensor attend(Tensor q, Tensor k, Tensor v, double scale, boolean causal) {
    check(q, k, v, causal);
    var kernel = Fused.kernel(AttentionKernel.class, q, k, v);
    if (kernel.isPresent()) {
      return fused(kernel.get(), Fused.rows(q), Fused.rows(k), Fused.rows(v), scale, causal);
    }
    long t = q.size(2);
    long s = k.size(2);
    var mask = causal ? visible(q, t, s) : null;
    return masked(q, repeated(k, q.size(1)), repeated(v, q.size(1)), scale, mask);
  }

  /**
   * Attention with a mask, composed of tensor operations.
   *
   * @param q {@code [..., T, D]}
   * @param k {@code [..., S, D]}
   * @param v {@code [..., S, D]}
   * @param mask boolean, broadcasts to {@code [..., T, S]}, true where a query may attend; or null
   */
  public static Tensor masked(Tensor q, Tensor k, Tensor v, double scale, Tensor mask) {
    var scores = q.matmul(k.transpose()).mul(scale);
    if (mask != null) {
      scores = scores.maskedFill(mask.not(), Double.NEGATIVE_INFINITY);
    }
    return scores.softmax(-1).matmul(v);
  }

  private static Tensor visible(Tensor q, long t, long s) {
    return Context.current()
        .withDevice(q.device())
        .call(() -> Tensor.arange(s).le(Tensor.arange(t).add(s - t).unsqueeze(1)));
  }

  /** {@code [B, G, S, D]} as {@code [B, H, S, D]}, each group H/G times in a row. */
  static Tensor repeated(Tensor x, long heads) {
    long groups = x.size(1);
    if (groups == heads) {
      return x;
    }
    return x.unsqueeze(2)
        .expand(x.size(0), groups, heads / groups, x.size(2), x.size(3))
        .reshape(x.size(0), heads, x.size(2), x.size(3));
  }

  private static void check(Tensor q, Tensor k, Tensor v, boolean causal) {
    boolean fits =
        q.rank() == 4
            && k.rank() == 4
            && k.shape().equals(v.shape())
            && q.size(0) == k.size(0)
            && q.size(3) == k.size(3)
            && k.size(1) > 0
            && q.size(1) % k.size(1) == 0
            && (!causal || k.size(2) >= q.size(2));
    if (!fits) {
      throw new ShapeException(
          "attention: q "
              + q.shape()
              + ", k "
              + k.shape()
              + ", v "
              + v.shape()
              + " do not fit: q [B, H, T, D] takes k and v [B, G, S, D] with H a multiple of G"
              + (causal ? " and S ≥ T" : ""));
    }
  }

  private static Tensor fused(
      AttentionKernel kernel, Tensor q, Tensor k, Tensor v, double scale, boolean causal) {
    var results = Tape.computed("attention", () -> forward(kernel, q, k, v, scale, causal));
    var out = results[0];
    var logSumExp = results[1];
    return Tape.record(
        "attention",
        out,
        g -> {
          Fused.requireFirstOrder("attention");
          var gOut = Fused.rows(g);
          var y = out.detach();
          var gq = likeHeads(q);
          var gk = likeHeads(k);
          var gv = likeHeads(v);
          kernel.backward(
              q.operand(),
              k.operand(),
              v.operand(),
              scale,
              causal,
              y.operand(),
              logSumExp.operand(),
              gOut.operand(),
              gq.operand(),
              gk.operand(),
              gv.operand());
          Reference.reachabilityFence(q);
          Reference.reachabilityFence(k);
          Reference.reachabilityFence(v);
          Reference.reachabilityFence(y);
          Reference.reachabilityFence(logSumExp);
          Reference.reachabilityFence(gOut);
          return gradients(gq, gk, gv);
        },
        q,
        k,
        v);
  }

  /** The output and the logarithm of each row's sum, which backward wants. */
  private static Tensor[] forward(
      AttentionKernel kernel, Tensor q, Tensor k, Tensor v, double scale, boolean causal) {
    // [B, T, H, D] in memory, so that joining the heads again needs no copy
    var out = likeHeads(q);
    var logSumExp = Fused.empty(q, q.size(0), q.size(1), q.size(2));
    kernel.forward(
        q.operand(), k.operand(), v.operand(), scale, causal, out.operand(), logSumExp.operand());
    Reference.reachabilityFence(q);
    Reference.reachabilityFence(k);
    Reference.reachabilityFence(v);
    return new Tensor[] {out, logSumExp};
  }

  private static Tensor likeHeads(Tensor x) {
    return Fused.empty(x, x.size(0), x.size(2), x.size(1), x.size(3)).transpose(1, 2);
  }
}
