package dev.jebena.model;

import dev.jebena.nn.Dropout;
import dev.jebena.nn.FeedForward;
import dev.jebena.nn.KeyValueCache;
import dev.jebena.nn.Module;
import dev.jebena.nn.RowNorm;
import dev.jebena.nn.SequenceMixer;
import dev.jebena.tensor.Tensor;

/**
 * One block: attention mixes positions, a feed-forward layer works on each, and both add to the
 * residual stream. {@link NormConfig.Place} says where norms stand.
 */
public final class TransformerBlock implements Module {
  private final NormConfig.Place place;
  private final double scale;
  private final SequenceMixer attention;
  private final FeedForward feedForward;
  private final Norms norms;
  private final Dropout dropout;
  private final boolean drops;

  /**
   * The norms of a block by where they stand; null where none is.
   *
   * @param attentionIn before attention
   * @param attentionOut behind it
   * @param feedForwardIn before the feed-forward layer
   * @param feedForwardOut behind it
   */
  record Norms(
      RowNorm attentionIn, RowNorm attentionOut, RowNorm feedForwardIn, RowNorm feedForwardOut) {}

  TransformerBlock(
      TransformerConfig config, SequenceMixer attention, FeedForward feedForward, Norms norms) {
    this.place = config.norms().place();
    this.scale = config.residualScale();
    this.attention = attention;
    this.feedForward = feedForward;
    this.norms = norms;
    this.dropout = new Dropout(config.training().dropout());
    this.drops = config.training().dropout() > 0;
  }

  /** {@code [B, T, D]} to the same. */
  public Tensor forward(Tensor x, KeyValueCache cache) {
    return switch (place) {
      case PRE, OUTPUT, SANDWICH -> {
        var change = attend(normed(norms.attentionIn, x), cache);
        if (norms.feedForwardIn == null) {
          var mixed = x.add(change);
          yield addThought(mixed, mixed);
        }
        var mixed = norms.feedForwardIn.forwardAdded(x, change);
        yield addThought(mixed.sum(), mixed.normed());
      }
      case POST -> {
        var mixed = normed(norms.attentionOut, x.add(added(attention.forward(x, cache))));
        yield normed(norms.feedForwardOut, mixed.add(added(feedForward.forward(mixed))));
      }
      case PARALLEL -> {
        var normed = normed(norms.attentionIn, x);
        yield x.add(attend(normed, cache)).add(think(normed));
      }
    };
  }

  private Tensor attend(Tensor x, KeyValueCache cache) {
    return added(normed(norms.attentionOut, attention.forward(x, cache)));
  }

  /** {@code stream + think(x)}, in one operation where nothing happens on the way. */
  private Tensor addThought(Tensor stream, Tensor x) {
    return norms.feedForwardOut == null && scale == 1 && !drops
        ? feedForward.forwardAdded(x, stream)
        : stream.add(think(x));
  }

  private Tensor think(Tensor x) {
    return added(normed(norms.feedForwardOut, feedForward.forward(x)));
  }

  private Tensor added(Tensor x) {
    var dropped = dropout.forward(x);
    return scale == 1 ? dropped : dropped.mul(scale);
  }

  private static Tensor normed(RowNorm norm, Tensor x) {
    return norm == null ? x : norm.forward(x);
  }

  /** The names are Llama's, and where it has none Gemma 2's and OLMo 2's. */
  @Override
  public void describe(Visitor visitor) {
    visitor.module("self_attn", attention);
    visitor.module("mlp", feedForward);
    part(visitor, "input_layernorm", norms.attentionIn);
    part(visitor, "post_attention_layernorm", norms.attentionOut);
    part(visitor, feedForwardInName(place), norms.feedForwardIn);
    part(visitor, "post_feedforward_layernorm", norms.feedForwardOut);
    visitor.module("dropout", dropout);
  }

  /** Llama calls the norm behind the residual sum after its attention; others are exacter. */
  static String feedForwardInName(NormConfig.Place place) {
    return place == NormConfig.Place.SANDWICH
        ? "pre_feedforward_layernorm"
        : "post_attention_layernorm";
  }

  private static void part(Visitor visitor, String name, RowNorm norm) {
    if (norm != null) {
      visitor.module(name, norm);
    }
  }
}
