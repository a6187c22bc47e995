package dev.jebena.model;

import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.memory.ShapeException;
import dev.jebena.nn.CrossEntropy;
import dev.jebena.nn.Dropout;
import dev.jebena.nn.Embedding;
import dev.jebena.nn.KeyValueCache;
import dev.jebena.nn.Linear;
import dev.jebena.nn.LinearCrossEntropy;
import dev.jebena.nn.Module;
import dev.jebena.nn.RowNorm;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A decoder-only Transformer of any {@link TransformerConfig}. Parameters are named as in Hugging
 * Face's {@code LlamaForCausalLM}; what Llama does not have is named as in the models that do.
 */
public final class Transformer implements Module {
  private final TransformerConfig config;
  private final Embedding embedding;
  private final Positions positions;
  private final Dropout dropout;
  private final List<TransformerBlock> blocks;
  private final RowNorm norm;
  private final Linear head;

  /**
   * @param parameters gives each parameter by name and shape, such as {@link Initialisation}
   */
  public Transformer(TransformerConfig config, ParameterSource parameters) {
    this(config, parameters, new Parts(config, parameters, Ropes.of(config)));
  }

  private Transformer(TransformerConfig config, ParameterSource parameters, Parts parts) {
    this.config = config;
    long d = config.dModel();
    this.embedding =
        new Embedding(parameters.get("model.embed_tokens.weight", config.vocabularySize(), d));
    this.positions =
        switch (config.positions().kind()) {
          case LEARNED ->
              Positions.learned(
                  parameters.get("model.embed_positions.weight", config.contextLength(), d));
          case SINUSOIDAL ->
              Positions.sinusoidal(
                  config.contextLength(), config.dModel(), config.positions().theta());
          case ROTARY, ALIBI, NONE -> null;
        };
    this.dropout = new Dropout(config.training().dropout());
    this.blocks = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      blocks.add(parts.block(i));
    }
    this.norm = config.norms().beforeHead() ? parts.norm("model.norm") : null;
    this.head =
        config.tiedEmbeddings()
            ? new Linear(embedding.weight(), null)
            : new Linear(parameters.get("lm_head.weight", config.vocabularySize(), d), null);
  }

  /** Asks for every parameter and nothing else: no tables are made. */
  static void outline(TransformerConfig config, ParameterSource parameters) {
    new Transformer(config, parameters, new Parts(config, parameters, null));
  }

  /** Where parameters come from. */
  @FunctionalInterface
  public interface ParameterSource {
    /** A parameter of exactly this shape; an error where there is none. */
    Tensor get(String name, long... shape);
  }

  /** The same parameters in a model that is to be trained in another way, with dropout perhaps. */
  public Transformer withTraining(TrainingConfig training) {
    var own = namedParameters();
    return new Transformer(config.with(c -> c.training(training)), (name, _) -> own.get(name));
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
    return head(hidden(ids, null));
  }

  /**
   * Shows what each part of the model gives: {@code model.embed_tokens}, {@code model.layers.N},
   * {@code model.norm} and {@code lm_head}, in this order.
   *
   * @param ids {@code [B, T]}
   * @param seen told a name and {@code [B, T, D]}, of the head {@code [B, T, V]}
   */
  public void watch(Tensor ids, BiConsumer<String, Tensor> seen) {
    seen.accept("lm_head", head(hidden(ids, null, seen)));
  }

  /**
   * Logits of the token after the last one only, which is all that generation needs.
   *
   * @param ids {@code [B, T]}: the tokens that the cache has not seen
   * @return {@code [B, V]}
   */
  public Tensor nextLogits(Tensor ids, KeyValueCache cache) {
    return head(hidden(ids, cache).select(1, -1));
  }

  /**
   * The mean loss in nats of predicting {@code targets}.
   *
   * @param ids {@code [B, T]}
   * @param targets {@code [B, T]}: the token after each, or {@link CrossEntropy#IGNORED}
   */
  public Tensor loss(Tensor ids, Tensor targets) {
    var terms =
        CrossEntropyTerms.PLAIN
            .withSoftCap(config.embeddings().logitSoftCap())
            .withZLoss(config.training().zLoss());
    return LinearCrossEntropy.mean(scaled(hidden(ids, null)), head.weight(), targets, terms);
  }

  private Tensor head(Tensor hidden) {
    double cap = config.embeddings().logitSoftCap();
    var logits = head.forward(scaled(hidden));
    return cap == 0 ? logits : logits.div(cap).tanh().mul(cap);
  }

  /** Scaling what goes into the head is scaling the logits. */
  private Tensor scaled(Tensor hidden) {
    double scale = config.embeddings().logitScale();
    return scale == 1 ? hidden : hidden.mul(scale);
  }

  private Tensor hidden(Tensor ids, KeyValueCache cache) {
    return hidden(ids, cache, (_, _) -> {});
  }

  private Tensor hidden(Tensor ids, KeyValueCache cache, BiConsumer<String, Tensor> seen) {
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
    if (config.embeddings().scale() != 1) {
      x = x.mul(config.embeddings().scale());
    }
    if (positions != null) {
      x = x.add(positions.rows(start, ids.size(1)));
    }
    x = dropout.forward(x);
    seen.accept("model.embed_tokens", x);
    for (int i = 0; i < blocks.size(); i++) {
      x = blocks.get(i).forward(x, cache);
      seen.accept("model.layers." + i, x);
    }
    if (norm != null) {
      x = norm.forward(x);
      seen.accept("model.norm", x);
    }
    return x;
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.module(
        "model",
        inner -> {
          inner.module("embed_tokens", embedding);
          if (positions != null) {
            inner.module("embed_positions", positions);
          }
          inner.module("dropout", dropout);
          for (int i = 0; i < blocks.size(); i++) {
            inner.module("layers." + i, blocks.get(i));
          }
          if (norm != null) {
            inner.module("norm", norm);
          }
        });
    if (!config.tiedEmbeddings()) {
      visitor.module("lm_head", head);
    }
  }
}
