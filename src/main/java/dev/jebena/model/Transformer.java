package dev.jebena.model;

import dev.jebena.memory.ShapeException;
import dev.jebena.nn.Attention;
import dev.jebena.nn.CrossEntropy;
import dev.jebena.nn.Embedding;
import dev.jebena.nn.KeyValueCache;
import dev.jebena.nn.Linear;
import dev.jebena.nn.LinearCrossEntropy;
import dev.jebena.nn.Module;
import dev.jebena.nn.RmsNorm;
import dev.jebena.nn.RotaryEmbedding;
import dev.jebena.nn.SwiGlu;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A decoder-only Transformer. Parameters are named as in Hugging Face's {@code LlamaForCausalLM},
 * so a state dictionary is a model file.
 */
public final class Transformer implements Module {
  private final TransformerConfig config;
  private final Embedding embedding;
  private final List<TransformerBlock> blocks;
  private final RmsNorm norm;
  private final Linear head;

  /**
   * @param parameters gives each parameter by name and shape, such as {@link Initialisation}
   */
  public Transformer(TransformerConfig config, ParameterSource parameters) {
    this.config = config;
    var rope =
        RotaryEmbedding.of(
            config.headDim(), config.contextLength(), config.ropeTheta(), config.ropeInterleaved());
    long d = config.dModel();
    this.embedding =
        new Embedding(parameters.get("model.embed_tokens.weight", config.vocabularySize(), d));
    this.blocks = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      blocks.add(block(config, rope, i, parameters));
    }
    this.norm = new RmsNorm(parameters.get("model.norm.weight", d), config.normEps());
    this.head =
        config.tiedEmbeddings()
            ? new Linear(embedding.weight(), null)
            : new Linear(parameters.get("lm_head.weight", config.vocabularySize(), d), null);
  }

  /** Where parameters come from. */
  @FunctionalInterface
  public interface ParameterSource {
    /** A parameter of exactly this shape; an error where there is none. */
    Tensor get(String name, long... shape);
  }

  private static TransformerBlock block(
      TransformerConfig config, RotaryEmbedding rope, int i, ParameterSource parameters) {
    var prefix = "model.layers." + i + ".";
    long d = config.dModel();
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.keyValueHeads() * config.headDim();
    Function<String, RmsNorm> norm =
        name -> new RmsNorm(parameters.get(prefix + name + ".weight", d), config.normEps());
    var attention =
        new Attention(
            linear(parameters, prefix + "self_attn.q_proj", queries, d),
            linear(parameters, prefix + "self_attn.k_proj", keys, d),
            linear(parameters, prefix + "self_attn.v_proj", keys, d),
            linear(parameters, prefix + "self_attn.o_proj", d, queries),
            rope,
            config.heads(),
            config.keyValueHeads(),
            config.headDim(),
            i);
    var feedForward =
        new SwiGlu(
            linear(parameters, prefix + "mlp.gate_proj", config.dFf(), d),
            linear(parameters, prefix + "mlp.up_proj", config.dFf(), d),
            linear(parameters, prefix + "mlp.down_proj", d, config.dFf()));
    return new TransformerBlock(
        norm.apply("input_layernorm"),
        attention,
        norm.apply("post_attention_layernorm"),
        feedForward);
  }

  private static Linear linear(ParameterSource parameters, String name, long out, long in) {
    return new Linear(parameters.get(name + ".weight", out, in), null);
  }

  /** What the model was made from. */
  public TransformerConfig config() {
    return config;
  }

  /**
   * Logits of the next token at every position.
   *
   * @param ids {@code [B, T]}, i64 or i32
   * @return {@code [B, T, V]}
   */
  public Tensor logits(Tensor ids) {
    return head.forward(hidden(ids, null));
  }

  /**
   * Logits of the token after the last one only, which is all that generation needs.
   *
   * @param ids {@code [B, T]}: the tokens that the cache has not seen
   * @return {@code [B, V]}
   */
  public Tensor nextLogits(Tensor ids, KeyValueCache cache) {
    return head.forward(hidden(ids, cache).select(1, -1));
  }

  /**
   * The mean loss in nats of predicting {@code targets}.
   *
   * @param ids {@code [B, T]}
   * @param targets {@code [B, T]}: the token after each, or {@link CrossEntropy#IGNORED}
   */
  public Tensor loss(Tensor ids, Tensor targets) {
    return LinearCrossEntropy.mean(hidden(ids, null), head.weight(), targets);
  }

  private Tensor hidden(Tensor ids, KeyValueCache cache) {
    if (ids.rank() != 2) {
      throw new ShapeException("model: ids are [B, T], got " + ids.shape());
    }
    long start = cache == null ? 0 : cache.length();
    if (start + ids.size(1) > config.contextLength()) {
      throw new ShapeException(
          "model: "
              + (start + ids.size(1))
              + " tokens are more than the context of "
              + config.contextLength());
    }
    var x = embedding.forward(ids); // [B, T, D]
    for (var block : blocks) {
      x = block.forward(x, cache);
    }
    return norm.forward(x);
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.module(
        "model",
        inner -> {
          inner.module("embed_tokens", embedding);
          for (int i = 0; i < blocks.size(); i++) {
            inner.module("layers." + i, blocks.get(i));
          }
          inner.module("norm", norm);
        });
    if (!config.tiedEmbeddings()) {
      visitor.module("lm_head", head);
    }
  }
}
