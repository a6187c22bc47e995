package dev.jebena.model;

import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.model.AttentionConfig.QueryKeyNorm;
import dev.jebena.nn.Attention;
import dev.jebena.nn.Dropout;
import dev.jebena.nn.FeedForward;
import dev.jebena.nn.LatentAttention;
import dev.jebena.nn.Linear;
import dev.jebena.nn.Rotation;
import dev.jebena.nn.RowNorm;

/** Makes the parts of a model, asking for each parameter by name and shape. */
final class Parts {
  private static final double LATENT_EPS = 1e-6;

  private final TransformerConfig config;
  private final Transformer.ParameterSource parameters;
  private final Rotation rope;

  /**
   * @param rope turns queries and keys, or null
   */
  Parts(TransformerConfig config, Transformer.ParameterSource parameters, Rotation rope) {
    this.config = config;
    this.parameters = parameters;
    this.rope = rope;
  }

  TransformerBlock block(int layer) {
    var prefix = "model.layers." + layer + ".";
    var attention =
        config.attention().latent() == null
            ? attention(prefix + "self_attn.", layer)
            : latentAttention(prefix + "self_attn.", layer);
    var feedForward = feedForward(prefix + "mlp.");
    return new TransformerBlock(config, attention, feedForward, norms(prefix));
  }

  private TransformerBlock.Norms norms(String prefix) {
    var place = config.norms().place();
    boolean in = place != NormConfig.Place.POST && place != NormConfig.Place.OUTPUT;
    boolean out = place != NormConfig.Place.PRE && place != NormConfig.Place.PARALLEL;
    boolean second = place != NormConfig.Place.PARALLEL;
    return new TransformerBlock.Norms(
        in ? norm(prefix + "input_layernorm") : null,
        out ? norm(prefix + "post_attention_layernorm") : null,
        in && second ? norm(prefix + TransformerBlock.feedForwardInName(place)) : null,
        out ? norm(prefix + "post_feedforward_layernorm") : null);
  }

  /** A norm of the residual stream, or null where the model has none. */
  RowNorm norm(String name) {
    return norm(name, config.dModel());
  }

  private RowNorm norm(String name, long size) {
    return norm(config.norms(), name, size);
  }

  /** A norm of a latent, whose ε is fixed in the classes of DeepSeek, whatever the others have. */
  private RowNorm latentNorm(String name, long size) {
    return norm(config.norms().withEps(LATENT_EPS), name, size);
  }

  private RowNorm norm(NormConfig norms, String name, long size) {
    if (norms.kind() == NormConfig.Kind.NONE) {
      return null;
    }
    var weight = parameters.get(name + ".weight", size);
    return new Norm(norms, weight, norms.bias() ? parameters.get(name + ".bias", size) : null);
  }

  private Attention attention(String prefix, int layer) {
    var c = config.attention();
    long d = config.dModel();
    long queries = (long) c.heads() * c.headDim();
    long keys = (long) c.keyValueHeads() * c.headDim();
    boolean bias = c.queryKeyValueBias();
    var q = linear(prefix + "q_proj", queries, d, bias);
    var k = linear(prefix + "k_proj", keys, d, bias);
    var v = linear(prefix + "v_proj", keys, d, bias);
    var o = linear(prefix + "o_proj", d, queries, c.outputBias());
    boolean each = c.queryKeyNorm() == QueryKeyNorm.HEAD;
    boolean normed = c.queryKeyNorm() != QueryKeyNorm.NONE;
    var options =
        new Attention.Options(
            scores(layer),
            normed ? norm(prefix + "q_norm", each ? c.headDim() : queries) : null,
            normed ? norm(prefix + "k_norm", each ? c.headDim() : keys) : null,
            each,
            c.sinks() ? parameters.get(prefix + "sinks", c.heads()) : null,
            weightDropout());
    return new Attention(q, k, v, o, rope, c.heads(), c.keyValueHeads(), layer, options);
  }

  private LatentAttention latentAttention(String prefix, int layer) {
    var c = config.attention();
    var latent = c.latent();
    long d = config.dModel();
    boolean bias = c.queryKeyValueBias();
    long each = (long) c.headDim() + latent.ropeDim();
    int rank = latent.queryRank();
    var queries =
        rank == 0
            ? new LatentAttention.Queries(
                null, null, linear(prefix + "q_proj", c.heads() * each, d, false))
            : new LatentAttention.Queries(
                linear(prefix + "q_a_proj", rank, d, bias),
                latentNorm(prefix + "q_a_layernorm", rank),
                linear(prefix + "q_b_proj", c.heads() * each, rank, false));
    long width = latent.keyValueRank();
    var down = linear(prefix + "kv_a_proj_with_mqa", width + latent.ropeDim(), d, bias);
    var norm = latentNorm(prefix + "kv_a_layernorm", width);
    long out = (long) c.heads() * (c.headDim() + latent.valueDim());
    var up = linear(prefix + "kv_b_proj", out, width, false);
    var output = linear(prefix + "o_proj", d, (long) c.heads() * latent.valueDim(), c.outputBias());
    var sizes =
        new LatentAttention.Sizes(
            c.heads(), c.headDim(), latent.ropeDim(), latent.valueDim(), latent.keyValueRank());
    return new LatentAttention(
        queries, down, norm, up, output, rope, sizes, layer, scores(layer), weightDropout());
  }

  private Dropout weightDropout() {
    return new Dropout(config.training().attentionDropout());
  }

  private AttentionOptions scores(int layer) {
    var c = config.attention();
    var options = AttentionOptions.causal(c.scoreScale(layer)).withSoftCap(c.softCap());
    if (c.window(layer) > 0) {
      options = options.withWindow(c.window(layer));
    }
    return config.positions().kind() == PositionConfig.Kind.ALIBI
        ? options.withSlopes(AttentionOptions.alibi(c.heads()))
        : options;
  }

  private FeedForward feedForward(String prefix) {
    var c = config.feedForward();
    long d = config.dModel();
    var gate = c.gated() ? linear(prefix + "gate_proj", c.width(), d, c.bias()) : null;
    var up = linear(prefix + "up_proj", c.width(), d, c.bias());
    var down = linear(prefix + "down_proj", d, c.width(), c.bias());
    return new FeedForward(c.activation(), gate, up, down);
  }

  private Linear linear(String name, long out, long in, boolean bias) {
    var weight = parameters.get(name + ".weight", out, in);
    return new Linear(weight, bias ? parameters.get(name + ".bias", out) : null);
  }
}
