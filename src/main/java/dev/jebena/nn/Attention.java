package dev.jebena.nn;

import dev.jebena.tensor.Tensor;

/**
 * Causal self-attention with several heads (Vaswani et al., 2017), fewer key-value heads where
 * asked (grouped queries: Ainslie et al., 2023), and rotary positions.
 */
public final class Attention implements Module {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final RotaryEmbedding rope;
  private final int heads;
  private final int keyValueHeads;
  private final int headDim;
  private final int layer;

  /**
   * @param query D to H·headDim
   * @param key D to G·headDim
   * @param value D to G·headDim
   * @param output H·headDim to D
   * @param rope turns queries and keys, or null
   * @param heads H
   * @param keyValueHeads G
   * @param layer the number under which this layer writes to a cache
   */
  public Attention(
      Linear query,
      Linear key,
      Linear value,
      Linear output,
      RotaryEmbedding rope,
      int heads,
      int keyValueHeads,
      int headDim,
      int layer) {
    this.query = query;
    this.key = key;
    this.value = value;
    this.output = output;
    this.rope = rope;
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    this.layer = layer;
  }

  /**
   * Mixes each position with those before it.
   *
   * @param x {@code [B, T, D]}
   * @param cache of the tokens before {@code x}, or null where there are none
   * @return {@code [B, T, D]}
   */
  public Tensor forward(Tensor x, KeyValueCache cache) {
    long batch = x.size(0);
    long time = x.size(1);
    long start = cache == null ? 0 : cache.length();
    var q = heads(query.forward(x), heads); // [B, H, T, headDim]
    var k = heads(key.forward(x), keyValueHeads); // [B, G, T, headDim]
    var v = heads(value.forward(x), keyValueHeads);
    if (rope != null) {
      q = rope.forward(q, start);
      k = rope.forward(k, start);
    }
    if (cache != null) {
      var all = cache.append(layer, k, v); // [B, G, S, headDim]
      k = all.keys();
      v = all.values();
    }
    var mixed = ScaledDotProduct.attend(q, k, v, 1 / Math.sqrt(headDim), true);
    return output.forward(mixed.transpose(1, 2).reshape(batch, time, (long) heads * headDim));
  }

  /** {@code [B, T, n·headDim]} seen as {@code [B, n, T, headDim]}. */
  private Tensor heads(Tensor x, int n) {
    return x.reshape(x.size(0), x.size(1), n, headDim).transpose(1, 2);
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.module("q_proj", query);
    visitor.module("k_proj", key);
    visitor.module("v_proj", value);
    visitor.module("o_proj", output);
  }
}
