package dev.jebena.model;

import dev.jebena.nn.Attention;
import dev.jebena.nn.KeyValueCache;
import dev.jebena.nn.Module;
import dev.jebena.nn.RmsNorm;
import dev.jebena.nn.SwiGlu;
import dev.jebena.tensor.Tensor;

/** One pre-norm block: {@code x += attention(norm(x)); x += feedForward(norm(x))}. */
public final class TransformerBlock implements Module {
  private final RmsNorm attentionNorm;
  private final Attention attention;
  private final RmsNorm feedForwardNorm;
  private final SwiGlu feedForward;

  /** Attention and feed-forward, each behind its norm; all of one D. */
  public TransformerBlock(
      RmsNorm attentionNorm, Attention attention, RmsNorm feedForwardNorm, SwiGlu feedForward) {
    this.attentionNorm = attentionNorm;
    this.attention = attention;
    this.feedForwardNorm = feedForwardNorm;
    this.feedForward = feedForward;
  }

  /** {@code [B, T, D]} to the same. */
  public Tensor forward(Tensor x, KeyValueCache cache) {
    var mixed = x.add(attention.forward(attentionNorm.forward(x), cache));
    return mixed.add(feedForward.forward(feedForwardNorm.forward(mixed)));
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.module("self_attn", attention);
    visitor.module("mlp", feedForward);
    visitor.module("input_layernorm", attentionNorm);
    visitor.module("post_attention_layernorm", feedForwardNorm);
  }
}
