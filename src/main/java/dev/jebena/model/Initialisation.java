package dev.jebena.model;

import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tensor;

/**
 * First values of parameters, by {@link TrainingConfig.Start}: normal with standard deviation 0.02;
 * the two projections of a block that write to the residual stream divided by {@code √(2·layers)},
 * so that its variance does not grow with depth (Radford et al., GPT-2, 2019); norms 1, biases 0.
 * Scaled, linear layers wider or narrower than 768 use {@code 0.02·√(768/in)}: the same output
 * variance at every width as GPT-2 small.
 */
public final class Initialisation implements Transformer.ParameterSource {
  private static final double GPT2_STD = 0.02;
  private static final double GPT2_WIDTH = 768;

  private final TransformerConfig config;
  private final Generator generator;

  /** Weights that depend on configuration and seed alone. */
  public Initialisation(TransformerConfig config, long seed) {
    this.config = config;
    this.generator = new Generator(seed);
  }

  /** A new model on the context's device. */
  public static Transformer model(TransformerConfig config, long seed) {
    return new Transformer(config, new Initialisation(config, seed));
  }

  @Override
  public Tensor get(String name, long... shape) {
    if (shape.length == 1) {
      return Tensor.full(first(name), shape);
    }
    boolean embeds = name.contains("embed_");
    boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
    double depth = residual ? Math.sqrt(2.0 * config.layers()) : 1;
    return switch (config.training().start()) {
      case SCALED_NORMAL ->
          normal(GPT2_STD * (embeds ? 1 : Math.sqrt(GPT2_WIDTH / shape[1])) / depth, shape);
      case GPT2 -> normal(GPT2_STD / depth, shape);
      case TRUNCATED_NORMAL ->
          truncated(embeds ? 1 : Math.sqrt(2.0 / (shape[0] + shape[1])), shape);
      case MU_P ->
          name.equals("lm_head.weight")
              ? Tensor.full(0, shape)
              : normal(embeds ? GPT2_STD : 1 / Math.sqrt(shape[1]) / depth, shape);
    };
  }

  /** Of norms, biases and sinks. */
  private double first(String name) {
    boolean factor = name.endsWith("weight") && !config.norms().unitOffset();
    return factor ? 1 : 0;
  }

  private Tensor normal(double deviation, long... shape) {
    return random(() -> Tensor.random(RandomOp.NORMAL, 0, deviation, DType.F32, Shape.of(shape)));
  }

  private Tensor truncated(double deviation, long... shape) {
    return random(() -> Tensor.truncatedNormal(0, deviation, -3 * deviation, 3 * deviation, shape));
  }

  private Tensor random(java.util.function.Supplier<Tensor> make) {
    return Context.current().withGenerator(generator).call(make);
  }
}
