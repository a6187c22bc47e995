package dev.jebena.infer;

import dev.jebena.kernel.fused.SamplingKernel;
import dev.jebena.memory.CategoricalDraw;
import dev.jebena.memory.DType;
import dev.jebena.memory.Philox;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * Chooses the next token from logits: temperature, then the k most likely, then the smallest set
 * whose probability reaches p (nucleus sampling, Holtzman et al., 2020). One seed chooses the same
 * on every device; see {@link CategoricalDraw}.
 *
 * @param temperature 0 takes the most likely token always
 * @param topK how many are considered; 0 for all
 * @param topP probability that the considered ones must reach; 1 for all
 */
public record Sampler(double temperature, int topK, double topP) {
  /** The most likely token always. */
  public static final Sampler GREEDY = new Sampler(0, 0, 1);

  public Sampler {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("temperature " + temperature + " is not 0 or more");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top-k " + topK + " is not 0 (all) or more");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p " + topP + " is not above 0 and at most 1");
    }
  }

  /**
   * The next token.
   *
   * @param logits {@code [V]}
   * @param generator drawn from once, except when greedy
   */
  public int choose(float[] logits, Generator generator) {
    return CategoricalDraw.choose(logits, temperature, topK, topP, bits(generator));
  }

  /**
   * The same from logits on a device: where it has a kernel for that, only the token comes back.
   *
   * @param logits {@code [V]}
   * @param generator drawn from once, except when greedy
   */
  public int choose(Tensor logits, Generator generator) {
    var kernel = logits.device().fused(SamplingKernel.class);
    if (kernel.isEmpty() || logits.dtype() != DType.F32) {
      return choose(logits.toFloats(), generator);
    }
    return Tensor.noGrad(() -> {
      try (var _ = Scope.open()) {
        var from = logits.contiguous();
        var chosen = Tensor.empty(logits.device(), DType.I64, Shape.of());
        kernel
            .get()
            .choose(from.operand(), temperature, topK, topP, bits(generator), chosen.operand());
        Reference.reachabilityFence(from);
        return (int) chosen.itemLong();
      }
    });
  }

  private long bits(Generator generator) {
    if (temperature == 0) {
      return 0;
    }
    int[] words = new int[4];
    Philox.block(generator.seed(), generator.take(1), words);
    return (long) words[0] << 32 | words[1] & 0xFFFF_FFFFL;
  }
}
