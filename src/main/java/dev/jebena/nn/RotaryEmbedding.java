package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.memory.Scope;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * Rotary position embedding (Su et al., 2021): pairs of features of queries and keys are rotated by
 * angle {@code position · θ^(−2i/D)}, so that their products depend on distances only.
 *
 * <p>Pairs are (i, i + R/2) as in Hugging Face Llama, or neighbours (2i, 2i+1) as in the paper
 * where {@code interleaved}. Only the first R of D features turn; R is D in most models, a half or
 * a quarter of it in GPT-NeoX, GPT-J and Phi. {@link RotaryFrequencies} tells how fast.
 */
public final class RotaryEmbedding {
  /** Positions whose sines are computed one by one. */
  private static final int BLOCK = 256;

  private final RotaryFrequencies frequencies;
  private final int contextLength;
  private final boolean interleaved;
  private final Device device;

  /** Of the first positions, as many as were asked for so far; replaced as a whole. */
  private volatile Tables tables;

  /** Each {@code [positions, R/2]}. */
  private record Tables(Tensor cos, Tensor sin) {}

  private RotaryEmbedding(
      RotaryFrequencies frequencies, int contextLength, boolean interleaved, Device device) {
    this.frequencies = frequencies;
    this.contextLength = contextLength;
    this.interleaved = interleaved;
    this.device = device;
  }

  /**
   * For positions 0 to {@code contextLength − 1}, on the context's device.
   *
   * @param headDim D, even; all features turn
   */
  public static RotaryEmbedding of(
      int headDim, int contextLength, double theta, boolean interleaved) {
    return of(RotaryFrequencies.plain(headDim, theta), contextLength, interleaved);
  }

  /**
   * The same for as many features, and turning as fast, as {@code frequencies} says. Tables are as
   * long as the texts that were seen, and grow by doubling: a model that may see a hundred thousand
   * positions would otherwise hold, and compute whenever it is loaded, what hardly a text needs.
   */
  public static RotaryEmbedding of(
      RotaryFrequencies frequencies, int contextLength, boolean interleaved) {
    return new RotaryEmbedding(frequencies, contextLength, interleaved, Context.current().device());
  }

  /** How many positions there are tables for. */
  long tabulated() {
    return tables == null ? 0 : tables.cos.size(0);
  }

  /** Tables of at least so many positions. */
  private Tables tables(long positions) {
    var now = tables;
    if (now != null && now.cos.size(0) >= positions) {
      return now;
    }
    synchronized (frequencies) {
      if (tabulated() < positions) {
        long doubled = Math.max(BLOCK, 2 * tabulated());
        int rows = (int) Math.min(contextLength, Math.max(positions, doubled));
        tables =
            Context.current()
                .withDevice(device)
                .call(() -> Tensor.noGrad(() -> Scope.outside(() -> made(rows))));
      }
      return tables;
    }
  }

  /**
   * Angles are computed in f64, so that those of late positions are as exact as those of early
   * ones; beyond the first {@value #BLOCK} positions by the theorems of addition, since sines of a
   * hundred thousand would take seconds. What a position gets does not depend on how many there
   * are.
   */
  private Tables made(int positions) {
    double[] each = frequencies.toArray();
    int half = each.length;
    double scale = frequencies.attentionFactor();
    float[] c = new float[positions * half];
    float[] s = new float[positions * half];
    int block = Math.min(BLOCK, positions);
    for (int i = 0; i < half; i++) {
      double[] nearCos = new double[block];
      double[] nearSin = new double[block];
      for (int t = 0; t < block; t++) {
        nearCos[t] = StrictMath.cos(t * each[i]);
        nearSin[t] = StrictMath.sin(t * each[i]);
      }
      for (int start = 0; start < positions; start += block) {
        double farCos = StrictMath.cos(start * each[i]);
        double farSin = StrictMath.sin(start * each[i]);
        for (int t = 0; t < Math.min(block, positions - start); t++) {
          int at = (start + t) * half + i;
          c[at] = (float) ((farCos * nearCos[t] - farSin * nearSin[t]) * scale);
          s[at] = (float) ((farSin * nearCos[t] + farCos * nearSin[t]) * scale);
        }
      }
    }
    return new Tables(Tensor.of(c, positions, half), Tensor.of(s, positions, half));
  }

  /**
   * Rotates {@code [..., T, D]}, whose first row stands at position {@code start}.
   *
   * @throws ShapeException beyond the positions of the context
   */
  public Tensor forward(Tensor x, long start) {
    long end = start + x.size(-2);
    if (end > contextLength) {
      throw new ShapeException(
          "rope: position " + (end - 1) + " is beyond the context of " + contextLength + " tokens");
    }
    var near = tables(end);
    return rotate(x, near.cos.slice(0, start, end), near.sin.slice(0, start, end), interleaved);
  }

  /**
   * The operation itself.
   *
   * @param x {@code [..., T, D]}
   * @param cos {@code [T, R/2]}, R ≤ D; features from R on stay as they are
   * @param sin {@code [T, R/2]}
   */
  public static Tensor rotate(Tensor x, Tensor cos, Tensor sin, boolean interleaved) {
    if (x.rank() < 2
        || cos.rank() != 2
        || cos.size(0) != x.size(-2)
        || 2 * cos.size(1) > x.size(-1)
        || !sin.shape().equals(cos.shape())) {
      throw new ShapeException(
          "rope: input "
              + x.shape()
              + " with tables "
              + cos.shape()
              + " and "
              + sin.shape()
              + " do not fit: an input [..., T, D] takes tables [T, R/2] with R up to D");
    }
    var kernel = Fused.kernel(RopeKernel.class, x, cos, sin);
    return kernel.isPresent()
        ? fused(kernel.get(), Fused.rows(x), cos.contiguous(), sin.contiguous(), interleaved)
        : composed(x, cos.to(x.dtype()), sin.to(x.dtype()), interleaved);
  }

  private static Tensor composed(Tensor x, Tensor cos, Tensor sin, boolean interleaved) {
    long half = cos.size(1);
    var a = interleaved ? x.slice(-1, 0, 2 * half, 2) : x.slice(-1, 0, half);
    var b = interleaved ? x.slice(-1, 1, 2 * half, 2) : x.slice(-1, half, 2 * half);
    var first = a.mul(cos).sub(b.mul(sin));
    var second = b.mul(cos).add(a.mul(sin));
    if (interleaved) {
      long[] sizes = x.shape().with(-1, 2 * half).toArray();
      return withRest(x, Tensor.stack(-1, first, second).reshape(sizes));
    }
    return withRest(x, Tensor.cat(-1, first, second));
  }

  /** The turned features and those behind them. */
  private static Tensor withRest(Tensor x, Tensor turned) {
    long rotaryDim = turned.size(-1);
    return rotaryDim == x.size(-1)
        ? turned
        : Tensor.cat(-1, turned, x.slice(-1, rotaryDim, x.size(-1)));
  }

  private static Tensor fused(
      RopeKernel kernel, Tensor x, Tensor cos, Tensor sin, boolean interleaved) {
    return Tape.record(
        "rope",
        turned(kernel, x, cos, sin, interleaved, false),
        g -> {
          Fused.requireFirstOrder("rope");
          return gradients(turned(kernel, Fused.rows(g), cos, sin, interleaved, true));
        },
        x);
  }

  private static Tensor turned(
      RopeKernel kernel, Tensor x, Tensor cos, Tensor sin, boolean interleaved, boolean inverse) {
    var out = Fused.empty(x, x.shape().toArray());
    kernel.rotate(x.operand(), cos.operand(), sin.operand(), interleaved, inverse, out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(cos);
    Reference.reachabilityFence(sin);
    return out;
  }
}
