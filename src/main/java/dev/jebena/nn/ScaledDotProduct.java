package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;
import java.util.function.UnaryOperator;

/**
 * {@code softmax(scale · q kᵀ) v}: the operation in the middle of attention (Vaswani et al., 2017),
 * with what {@link AttentionOptions} adds: causality, windows, bounded scores, ALiBi, packed
 * sequences. A query that sees no key gets zeros.
 */
public final class ScaledDotProduct {
  private ScaledDotProduct() {}

  /**
   * Causal or full attention.
   *
   * @param q {@code [B, H, T, D]}
   * @param k {@code [B, G, S, D]}, H a multiple of G: query head h reads group h / (H/G)
   * @param v {@code [B, G, S, E]}
   * @param causal query t sees keys up to {@code t + S − T}
   * @return {@code [B, H, T, E]}
   */
  public static Tensor attend(Tensor q, Tensor k, Tensor v, double scale, boolean causal) {
    return attend(q, k, v, causal ? AttentionOptions.causal(scale) : AttentionOptions.full(scale));
  }

  /**
   * Attention with options.
   *
   * @param q {@code [B, H, T, D]}
   * @param k {@code [B, G, S, D]}, H a multiple of G: query head h reads group h / (H/G)
   * @param v {@code [B, G, S, E]}; where E is not D, there is no kernel
   * @return {@code [B, H, T, E]}
   */
  public static Tensor attend(Tensor q, Tensor k, Tensor v, AttentionOptions options) {
    return attend(q, k, v, null, options);
  }

  /**
   * Attention with options and sinks: a head's sink is one more score in each of its softmaxes, to
   * which nothing belongs, so that a query may attend to nothing (gpt-oss, 2025).
   *
   * @param q {@code [B, H, T, D]}
   * @param k {@code [B, G, S, D]}, H a multiple of G: query head h reads group h / (H/G)
   * @param v {@code [B, G, S, E]}; where E is not D, there is no kernel
   * @param sinks {@code [H]}, or null
   * @return {@code [B, H, T, E]}
   */
  public static Tensor attend(
      Tensor q, Tensor k, Tensor v, Tensor sinks, AttentionOptions options) {
    check(q, k, v, sinks);
    options.check(q.size(1), q.size(2), k.size(2));
    var kernel =
        sinks == null
            ? Fused.kernel(AttentionKernel.class, q, k, v)
            : Fused.kernel(AttentionKernel.class, q, k, v, sinks);
    if (kernel.isPresent() && k.shape().equals(v.shape())) {
      var rows = sinks == null ? null : sinks.contiguous();
      return fused(kernel.get(), Fused.rows(q), Fused.rows(k), Fused.rows(v), rows, options);
    }
    return composed(q, k, v, sinks, options, UnaryOperator.identity());
  }

  /**
   * The same with dropout of the weights, after the softmax: composed of tensor operations, with
   * the matrix of weights that the kernels do without.
   *
   * @param q {@code [B, H, T, D]}
   * @param k {@code [B, G, S, D]}, H a multiple of G: query head h reads group h / (H/G)
   * @param v {@code [B, G, S, E]}
   * @param sinks {@code [H]}, or null
   * @param dropout of the weights; where it does nothing, neither does this do anything else
   * @return {@code [B, H, T, E]}
   */
  public static Tensor attend(
      Tensor q, Tensor k, Tensor v, Tensor sinks, AttentionOptions options, Dropout dropout) {
    if (!dropout.isActive()) {
      return attend(q, k, v, sinks, options);
    }
    check(q, k, v, sinks);
    options.check(q.size(1), q.size(2), k.size(2));
    return composed(q, k, v, sinks, options, dropout::forward);
  }

  private static Tensor composed(
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor sinks,
      AttentionOptions options,
      UnaryOperator<Tensor> weights) {
    var keys = repeated(k, q.size(1));
    var values = repeated(v, q.size(1));
    return ComposedAttention.of(q, keys, values, sinks, options, weights);
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

  /** {@code [B, G, S, D]} as {@code [B, H, S, D]}, each group H/G times in a row. */
  private static Tensor repeated(Tensor x, long heads) {
    long groups = x.size(1);
    if (groups == heads) {
      return x;
    }
    return x.unsqueeze(2)
        .expand(x.size(0), groups, heads / groups, x.size(2), x.size(3))
        .reshape(x.size(0), heads, x.size(2), x.size(3));
  }

  private static void check(Tensor q, Tensor k, Tensor v, Tensor sinks) {
    boolean fits =
        q.rank() == 4
            && k.rank() == 4
            && v.rank() == 4
            && k.shape().without(-1).equals(v.shape().without(-1))
            && q.size(0) == k.size(0)
            && q.size(3) == k.size(3)
            && k.size(1) > 0
            && q.size(1) % k.size(1) == 0;
    if (!fits) {
      throw new ShapeException(
          "attention: q "
              + q.shape()
              + ", k "
              + k.shape()
              + ", v "
              + v.shape()
              + " do not fit: q [B, H, T, D] takes k [B, G, S, D] and v [B, G, S, E] with H a"
              + " multiple of G");
    }
    if (sinks != null && (sinks.rank() != 1 || sinks.size(0) != q.size(1))) {
      throw new ShapeException(
          "attention: sinks " + sinks.shape() + " for " + q.size(1) + " heads ([H] would fit)");
    }
  }

  private static Tensor fused(
      AttentionKernel kernel,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor sinks,
      AttentionOptions options) {
    var results = Tape.computed("attention", () -> forward(kernel, q, k, v, sinks, options));
    var out = results[0];
    var logSumExp = results[1];
    Tape.Rule rule =
        g -> {
          Fused.requireFirstOrder("attention");
          return backward(kernel, q, k, v, sinks, options, out.detach(), logSumExp, Fused.rows(g));
        };
    return sinks == null
        ? Tape.record("attention", out, rule, q, k, v)
        : Tape.record("attention", out, rule, q, k, v, sinks);
  }

  /** The output and the logarithm of each row's sum, which backward wants. */
  private static Tensor[] forward(
      AttentionKernel kernel,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor sinks,
      AttentionOptions options) {
    // [B, T, H, D] in memory, so that joining the heads again needs no copy
    var out = likeHeads(q);
    var logSumExp = Fused.empty(q, q.size(0), q.size(1), q.size(2));
    kernel.forward(
        q.operand(),
        k.operand(),
        v.operand(),
        sinks == null ? null : sinks.operand(),
        options,
        out.operand(),
        logSumExp.operand());
    Reference.reachabilityFence(q);
    Reference.reachabilityFence(k);
    Reference.reachabilityFence(v);
    Reference.reachabilityFence(sinks);
    return new Tensor[] {out, logSumExp};
  }

  private static Tensor[] backward(
      AttentionKernel kernel,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor sinks,
      AttentionOptions options,
      Tensor out,
      Tensor logSumExp,
      Tensor gOut) {
    var gq = likeHeads(q);
    var gk = likeHeads(k);
    var gv = likeHeads(v);
    var gSinks = sinks == null ? null : Fused.empty(sinks, sinks.size(0));
    kernel.backward(
        q.operand(),
        k.operand(),
        v.operand(),
        sinks == null ? null : sinks.operand(),
        options,
        out.operand(),
        logSumExp.operand(),
        gOut.operand(),
        gq.operand(),
        gk.operand(),
        gv.operand(),
        gSinks == null ? null : gSinks.operand());
    Reference.reachabilityFence(q);
    Reference.reachabilityFence(k);
    Reference.reachabilityFence(v);
    Reference.reachabilityFence(sinks);
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(logSumExp);
    Reference.reachabilityFence(gOut);
    return sinks == null ? gradients(gq, gk, gv) : gradients(gq, gk, gv, gSinks);
  }

  private static Tensor likeHeads(Tensor x) {
    return Fused.empty(x, x.size(0), x.size(2), x.size(1), x.size(3)).transpose(1, 2);
  }
}
