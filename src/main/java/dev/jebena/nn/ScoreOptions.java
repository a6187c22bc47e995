package dev.jebena.nn;

import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;

/**
 * What happens to attention's scores between {@code q kᵀ} and the softmax, beside the causal mask.
 *
 * @param window positions that a query sees, its own included; 0 for all (Mistral)
 * @param softCap scores become {@code cap·tanh(score/cap)}; 0 for none (Gemma 2)
 * @param slopes whether each head's scores fall with distance (ALiBi, Press et al., 2022)
 */
public record ScoreOptions(int window, double softCap, boolean slopes) {
  /** The causal mask alone. */
  public static final ScoreOptions PLAIN = new ScoreOptions(0, 0, false);

  /**
   * Causal attention under these options.
   *
   * @param q {@code [B, H, T, D]}
   * @param k {@code [B, G, S, D]}
   * @param v {@code [B, G, S, E]}
   * @param sinks {@code [H]} or null
   * @return {@code [B, H, T, E]}
   */
  public Tensor attend(Tensor q, Tensor k, Tensor v, double scale, Tensor sinks) {
    long t = q.size(2);
    long s = k.size(2);
    boolean all = window == 0 || window >= s;
    if (all && softCap == 0 && !slopes && sinks == null && k.shape().equals(v.shape())) {
      return ScaledDotProduct.attend(q, k, v, scale, true);
    }
    var scores = q.matmul(ScaledDotProduct.repeated(k, q.size(1)).transpose()).mul(scale);
    if (softCap != 0) {
      scores = scores.div(softCap).tanh().mul(softCap);
    }
    var distances = distances(q, t, s); // [T, S]: how far a key lies behind its query
    if (slopes) {
      scores = scores.sub(distances.to(q.dtype()).mul(slopes(q)));
    }
    var hidden = distances.lt(0);
    if (!all) {
      hidden = hidden.or(distances.ge(window));
    }
    scores = scores.maskedFill(hidden, Double.NEGATIVE_INFINITY);
    return weights(scores, sinks).matmul(ScaledDotProduct.repeated(v, q.size(1)));
  }

  private static Tensor distances(Tensor q, long t, long s) {
    return Context.current()
        .withDevice(q.device())
        .call(() -> Tensor.arange(t).add(s - t).unsqueeze(1).sub(Tensor.arange(s)));
  }

  /** {@code [H, 1, 1]}: 2^(−8/H), and its powers; heads beyond a power of two stand between. */
  private static Tensor slopes(Tensor q) {
    int heads = Math.toIntExact(q.size(1));
    float[] slopes = new float[heads];
    int power = Integer.highestOneBit(heads);
    for (int h = 0; h < heads; h++) {
      double exponent = h < power ? (h + 1.0) / power : (2 * (h - power) + 1.0) / (2 * power);
      slopes[h] = (float) StrictMath.pow(2, -8 * exponent);
    }
    return Context.current()
        .withDevice(q.device())
        .call(() -> Tensor.of(slopes, heads, 1, 1).to(q.dtype()));
  }

  /** Softmax; a sink is one more column, which then is left out. */
  private static Tensor weights(Tensor scores, Tensor sinks) {
    if (sinks == null) {
      return scores.softmax(-1);
    }
    long s = scores.size(3);
    var column =
        sinks
            .to(scores.dtype())
            .reshape(1, sinks.size(0), 1, 1)
            .expand(scores.size(0), scores.size(1), scores.size(2), 1);
    return Tensor.cat(-1, scores, column).softmax(-1).slice(-1, 0, s);
  }
}
