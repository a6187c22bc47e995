package dev.jebena.nn;

import static dev.jebena.einops.Einops.axis;

import dev.jebena.einops.Pattern;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.tensor.Tensor;

/**
 * Multi-head latent attention (DeepSeek-V2, 2024): keys and values of all heads are made from one
 * latent vector a position, and that is all that a cache must hold. Positions turn a few features
 * of their own beside it, whose keys all heads share.
 */
public final class LatentAttention implements SequenceMixer {
  private static final Pattern SPLIT = Pattern.rearrange("b t (h d) -> b h t d");
  private static final Pattern MERGE = Pattern.rearrange("b h t d -> b t (h d)");

  private final Queries queries;
  private final Linear down;
  private final RowNorm latentNorm;
  private final Linear up;
  private final Linear output;
  private final Rotation rope;
  private final Sizes sizes;
  private final int layer;
  private final AttentionOptions scores;
  private final Dropout dropout;

  /**
   * Where queries come from: a latent of their own, or x itself.
   *
   * @param down D to the latent, or null
   * @param norm of the latent, or null
   * @param up latent, or D, to H·(headDim + ropeDim)
   */
  public record Queries(Linear down, RowNorm norm, Linear up) {}

  /**
   * Features.
   *
   * @param heads H
   * @param headDim of queries and keys that do not turn
   * @param ropeDim of queries and keys that turn
   * @param valueDim of values
   * @param latent of the latent that keys and values are made from
   */
  public record Sizes(int heads, int headDim, int ropeDim, int valueDim, int latent) {}

  /**
   * @param down D to latent + ropeDim
   * @param latentNorm of the latent
   * @param up latent to H·(headDim + valueDim)
   * @param output H·valueDim to D
   * @param layer the number under which this layer writes to a cache
   * @param dropout of the weights that queries give to keys
   */
  public LatentAttention(
      Queries queries,
      Linear down,
      RowNorm latentNorm,
      Linear up,
      Linear output,
      Rotation rope,
      Sizes sizes,
      int layer,
      AttentionOptions scores,
      Dropout dropout) {
    this.queries = queries;
    this.down = down;
    this.latentNorm = latentNorm;
    this.up = up;
    this.output = output;
    this.rope = rope;
    this.sizes = sizes;
    this.layer = layer;
    this.scores = scores;
    this.dropout = dropout;
  }

  @Override
  public Tensor forward(Tensor x, KeyValueCache cache) {
    long start = cache == null ? 0 : cache.length();
    int heads = sizes.heads;
    int still = sizes.headDim;
    var q = SPLIT.apply(queries(x), axis("h", heads)); // [B, H, T, headDim + ropeDim]
    var narrow = down.forward(x); // [B, T, latent + ropeDim]
    var latent = narrow.slice(-1, 0, sizes.latent);
    if (latentNorm != null) {
      latent = latentNorm.forward(latent);
    }
    latent = latent.unsqueeze(1); // [B, 1, T, latent]
    var shared = narrow.slice(-1, sizes.latent, sizes.latent + sizes.ropeDim).unsqueeze(1);
    shared = rope.forward(shared, start); // [B, 1, T, ropeDim]
    if (cache != null) {
      var all = cache.append(layer, latent, shared); // [B, 1, S, ...]
      latent = all.keys();
      shared = all.values();
    }
    var each = SPLIT.apply(up.forward(latent.squeeze(1)), axis("h", heads)); // [B, H, S, ...]
    long s = each.size(2);
    var k =
        Tensor.cat(
            -1, each.slice(-1, 0, still), shared.expand(shared.size(0), heads, s, sizes.ropeDim));
    var v = each.slice(-1, still, still + sizes.valueDim);
    var turned = rope.forward(q.slice(-1, still, still + sizes.ropeDim), start);
    q = Tensor.cat(-1, q.slice(-1, 0, still), turned);
    return output.forward(MERGE.apply(attend(q, k, v)));
  }

  /** Kernels want as many features of values as of keys: the fewer get zeros beside them. */
  private Tensor attend(Tensor q, Tensor k, Tensor v) {
    long keys = k.size(-1);
    long values = v.size(-1);
    if (values < keys) {
      return ScaledDotProduct.attend(q, k, v.pad(0.0, 0, keys - values), null, scores, dropout)
          .slice(-1, 0, values);
    }
    return ScaledDotProduct.attend(
        q.pad(0.0, 0, values - keys), k.pad(0.0, 0, values - keys), v, null, scores, dropout);
  }

  private Tensor queries(Tensor x) {
    if (queries.down == null) {
      return queries.up.forward(x);
    }
    var latent = queries.down.forward(x);
    return queries.up.forward(queries.norm == null ? latent : queries.norm.forward(latent));
  }

  @Override
  public void describe(Visitor visitor) {
    if (queries.down == null) {
      visitor.module("q_proj", queries.up);
    } else {
      visitor.module("q_a_proj", queries.down);
      part(visitor, "q_a_layernorm", queries.norm);
      visitor.module("q_b_proj", queries.up);
    }
    visitor.module("kv_a_proj_with_mqa", down);
    part(visitor, "kv_a_layernorm", latentNorm);
    visitor.module("kv_b_proj", up);
    visitor.module("o_proj", output);
    visitor.module("dropout", dropout);
  }

  private static void part(Visitor visitor, String name, RowNorm norm) {
    if (norm != null) {
      visitor.module(name, norm);
    }
  }
}
