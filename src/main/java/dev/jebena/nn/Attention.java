package dev.jebena.nn;

import static dev.jebena.einops.Einops.axis;

import dev.jebena.einops.Pattern;
import dev.jebena.tensor.Tensor;

/**
 * Causal self-attention with several heads (Vaswani et al., 2017), fewer key-value heads where
 * asked (grouped queries: Ainslie et al., 2023), and rotary positions.
 */
public final class Attention implements Module {
  private static final Pattern SPLIT = Pattern.rearrange("b t (h d) -> b h t d");
  private static final Pattern MERGE = Pattern.rearrange("b h t d -> b t (h d)");

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
    long start = cache == null ? 0 : cache.length();
    var q = SPLIT.apply(query.forward(x), axis("h", heads)); // [B, H, T, headDim]
    var k = SPLIT.apply(key.forward(x), axis("h", keyValueHeads)); // [B, G, T, headDim]
    var v = SPLIT.apply(value.forward(x), axis("h", keyValueHeads));
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
    return output.forward(MERGE.apply(mixed));
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.module("q_proj", query);
    visitor.module("k_proj", key);
    visitor.module("v_proj", value);
    visitor.module("o_proj", output);
  }
}
