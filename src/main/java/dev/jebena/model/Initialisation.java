package dev.jebena.model;

import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tensor;

/**
 * First values of parameters: normal with standard deviation 0.02; the two projections of a block
 * that write to the residual stream divided by {@code √(2·layers)}, so that its variance does not
 * grow with depth (Radford et al., GPT-2, 2019); norms 1, biases 0. Linear layers wider or narrower
 * than 768 use {@code 0.02·√(768/in)}: the same output variance at every width as GPT-2 small.
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
      return Tensor.full(name.endsWith("bias") ? 0 : 1, shape);
    }
    double std = GPT2_STD;
    if (!name.contains("embed_tokens")) {
      std *= Math.sqrt(GPT2_WIDTH / shape[1]);
    }
    if (name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight")) {
      std /= Math.sqrt(2.0 * config.layers());
    }
    double deviation = std;
    return Context.current()
        .withGenerator(generator)
        .call(() -> Tensor.random(RandomOp.NORMAL, 0, deviation, DType.F32, Shape.of(shape)));
  }
}
