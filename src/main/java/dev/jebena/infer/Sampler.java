package dev.jebena.infer;

import dev.jebena.memory.Philox;
import dev.jebena.tensor.Generator;
import java.util.Arrays;

/**
 * Chooses the next token from logits: temperature, then the k most likely, then the smallest set
 * whose probability reaches p (nucleus sampling, Holtzman et al., 2020).
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
    if (temperature == 0) {
      return mostLikely(logits);
    }
    int[] order = candidates(logits);
    double[] weights = new double[order.length];
    double top = logits[order[0]];
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      weights[i] = StrictMath.exp((logits[order[i]] - top) / temperature);
      sum += weights[i];
    }
    int kept = order.length;
    if (topP < 1) {
      double reached = 0;
      kept = 0;
      while (kept < order.length && reached < topP * sum) {
        reached += weights[kept++];
      }
      sum = reached;
    }
    double point = uniform(generator) * sum;
    for (int i = 0; i < kept - 1; i++) {
      point -= weights[i];
      if (point < 0) {
        return order[i];
      }
    }
    return order[kept - 1];
  }

  private static double uniform(Generator generator) {
    int[] words = new int[4];
    Philox.block(generator.seed(), generator.take(1), words);
    return Philox.toUnitDouble(words[0], words[1]);
  }

  private static int mostLikely(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Ids from the most likely down, equals by id; only the first k where a k is set. */
  private int[] candidates(float[] logits) {
    long[] keyed = new long[logits.length];
    for (int i = 0; i < keyed.length; i++) {
      // the high half orders by falling logit, the low half by rising id
      int bits = Float.floatToIntBits(logits[i]);
      int rising = bits ^ ((bits >> 31) & 0x7fffffff);
      keyed[i] = ((long) ~rising << 32) | i;
    }
    Arrays.sort(keyed);
    int count = topK == 0 ? keyed.length : Math.min(topK, keyed.length);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) keyed[i];
    }
    return order;
  }
}
