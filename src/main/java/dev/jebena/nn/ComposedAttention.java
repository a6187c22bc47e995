package dev.jebena.nn;

import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.fused.VisibleKeys;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Attention with all of its options, composed of tensor operations: for every type and device, and
 * as often differentiable as one likes; with the matrix of scores that the kernels do without.
 */
final class ComposedAttention {
  private ComposedAttention() {}

  /**
   * Attention of as many query heads as key heads.
   *
   * @param q {@code [B, H, T, D]}
   * @param k {@code [B, H, S, D]}
   * @param v {@code [B, H, S, D]}
   * @param sinks {@code [H]}, or null
   * @param weights what is done to the weights {@code [B, H, T, S]} before they meet the values
   * @return {@code [B, H, T, D]}
   */
  static Tensor of(
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor sinks,
      AttentionOptions options,
      UnaryOperator<Tensor> weights) {
    var visible = options.visibleKeys(q.size(2), k.size(2));
    var scores = q.matmul(k.transpose()).mul(options.scale()); // [B, H, T, S]
    if (options.softCap() > 0) {
      scores = scores.div(options.softCap()).tanh().mul(options.softCap());
    }
    if (!options.slopes().isEmpty()) {
      scores = scores.sub(bias(q, visible, options, k.size(2)));
    }
    Tensor hidden = null;
    if (!visible.hideNothing(Math.toIntExact(k.size(2)))) {
      hidden = hidden(q, visible, k.size(2));
      scores = scores.maskedFill(hidden, Double.NEGATIVE_INFINITY);
    }
    return weights.apply(probabilities(scores, hidden, sinks, visible)).matmul(v);
  }

  private static Tensor probabilities(
      Tensor scores, Tensor hidden, Tensor sinks, VisibleKeys visible) {
    long keys = scores.size(-1);
    if (keys == 0) {
      return scores;
    }
    if (sinks != null) {
      var column =
          sinks.reshape(1, -1, 1, 1).expand(scores.size(0), scores.size(1), scores.size(2), 1);
      return Tensor.cat(-1, scores, column).softmax(-1).slice(-1, 0, keys);
    }
    if (hidden != null && visible.leaveSomeWithout()) {
      // a softmax of nothing is 0 / 0: such rows count as full, and are taken out again
      var without = hidden.all(-1, true);
      return scores.maskedFill(without, 0).softmax(-1).maskedFill(without, 0);
    }
    return scores.softmax(-1);
  }

  /** {@code [T, S]}: true where a query does not see a key. */
  private static Tensor hidden(Tensor q, VisibleKeys visible, long keys) {
    int queries = Math.toIntExact(q.size(2));
    long[] first = IntStream.range(0, queries).mapToLong(visible::first).toArray();
    long[] end = IntStream.range(0, queries).mapToLong(visible::end).toArray();
    return on(q)
        .call(() -> {
          var key = Tensor.arange(keys);
          var before = key.lt(Tensor.of(first, queries, 1));
          return before.or(key.ge(Tensor.of(end, queries, 1)));
        });
  }

  /** {@code [H, T, S]}: slope · distance. */
  private static Tensor bias(Tensor q, VisibleKeys visible, AttentionOptions options, long keys) {
    int queries = Math.toIntExact(q.size(2));
    long[] own = IntStream.range(0, queries).mapToLong(visible::own).toArray();
    double[] slopes = options.slopes().stream().mapToDouble(Double::doubleValue).toArray();
    return on(q)
        .call(() -> {
          var distance = Tensor.of(own, queries, 1).sub(Tensor.arange(keys)).abs();
          return distance.to(q.dtype()).mul(Tensor.of(slopes, slopes.length, 1, 1).to(q.dtype()));
        });
  }

  private static Context on(Tensor q) {
    return Context.current().withDevice(q.device());
  }
}
