package dev.jebena.nn;

import static dev.jebena.einops.Einops.axis;

import dev.jebena.einops.Pattern;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.tensor.Tensor;

/**
 * Causal self-attention with several heads (Vaswani et al., 2017), fewer key-value heads where
 * asked (grouped queries: Ainslie et al., 2023), and rotary positions; {@link Options} are what
 * later models added.
 */
public final class Attention implements SequenceMixer {
  private static final Pattern SPLIT = Pattern.rearrange("b t (h d) -> b h t d");
  private static final Pattern MERGE = Pattern.rearrange("b h t d -> b t (h d)");

  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final Rotation rope;
  private final int heads;
  private final int keyValueHeads;
  private final int layer;
  private final Options options;

  /**
   * What attention may do beside the usual.
   *
   * @param scores scale, window, soft-cap and slopes of the scores
   * @param queryNorm of queries before they turn, or null
   * @param keyNorm of keys before they turn, or null
   * @param normEachHead whether those norms see single heads rather than all together
   * @param sinks {@code [H]}, scores that take part in the softmax and give nothing, or null
   * @param dropout of the weights that queries give to keys
   */
  public record Options(
      AttentionOptions scores,
      RowNorm queryNorm,
      RowNorm keyNorm,
      boolean normEachHead,
      Tensor sinks,
      Dropout dropout) {
    /** The usual: {@code 1/√headDim} and nothing else. */
    public static Options plain(int headDim) {
      var scores = AttentionOptions.causal(1 / Math.sqrt(headDim));
      return new Options(scores, null, null, false, null, new Dropout(0));
    }
  }

  /**
   * Attention with options.
   *
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
      Rotation rope,
      int heads,
      int keyValueHeads,
      int layer,
      Options options) {
    this.query = query;
    this.key = key;
    this.value = value;
    this.output = output;
    this.rope = rope;
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.layer = layer;
    this.options = options;
    if (options.sinks() != null) {
      options.sinks().requiresGrad(true);
    }
  }

  /**
   * Plain attention.
   *
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
    this(
        query,
        key,
        value,
        output,
        rope == null ? null : rope::forward,
        heads,
        keyValueHeads,
        layer,
        Options.plain(headDim));
  }

  @Override
  public Tensor forward(Tensor x, KeyValueCache cache) {
    long start = cache == null ? 0 : cache.length();
    var q = heads(query.forward(x), options.queryNorm(), heads); // [B, H, T, headDim]
    var k = heads(key.forward(x), options.keyNorm(), keyValueHeads); // [B, G, T, headDim]
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
    var mixed =
        ScaledDotProduct.attend(q, k, v, options.sinks(), options.scores(), options.dropout());
    return output.forward(MERGE.apply(mixed));
  }

  private Tensor heads(Tensor x, RowNorm norm, int count) {
    if (norm == null) {
      return SPLIT.apply(x, axis("h", count));
    }
    return options.normEachHead()
        ? norm.forward(SPLIT.apply(x, axis("h", count)))
        : SPLIT.apply(norm.forward(x), axis("h", count));
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.module("q_proj", query);
    visitor.module("k_proj", key);
    visitor.module("v_proj", value);
    visitor.module("o_proj", output);
    if (options.queryNorm() != null) {
      visitor.module("q_norm", options.queryNorm());
    }
    if (options.keyNorm() != null) {
      visitor.module("k_norm", options.keyNorm());
    }
    if (options.sinks() != null) {
      visitor.parameter("sinks", options.sinks());
    }
    visitor.module("dropout", options.dropout());
  }
}
