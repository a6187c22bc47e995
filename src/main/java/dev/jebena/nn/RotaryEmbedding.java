package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.memory.ShapeException;
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

  private final Tensor cos;
  private final Tensor sin;
  private final boolean interleaved;

  private RotaryEmbedding(Tensor cos, Tensor sin, boolean interleaved) {
    this.cos = cos;
    this.sin = sin;
    this.interleaved = interleaved;
  }

  /**
   * Tables for positions 0 to {@code contextLength − 1} on the context's device.
   *
   * @param headDim D, even; all features turn
   */
  public static RotaryEmbedding of(
      int headDim, int contextLength, double theta, boolean interleaved) {
    return of(RotaryFrequencies.plain(headDim, theta), contextLength, interleaved);
  }

  /**
   * The same for as many features, and turning as fast, as {@code frequencies} says. Angles are
   * computed in f64, so that those of late positions are as exact as those of early ones; beyond
   * the first {@value #BLOCK} positions by the theorems of addition, since a context of a hundred
   * thousand would otherwise cost seconds of sines whenever a model is loaded.
   */
  public static RotaryEmbedding of(
      RotaryFrequencies frequencies, int contextLength, boolean interleaved) {
    double[] each = frequencies.toArray();
    int half = each.length;
    double scale = frequencies.attentionFactor();
    float[] c = new float[contextLength * half];
    float[] s = new float[contextLength * half];
    int block = Math.min(BLOCK, contextLength);
    for (int i = 0; i < half; i++) {
      double[] nearCos = new double[block];
      double[] nearSin = new double[block];
      for (int t = 0; t < block; t++) {
        nearCos[t] = StrictMath.cos(t * each[i]);
        nearSin[t] = StrictMath.sin(t * each[i]);
      }
      for (int start = 0; start < contextLength; start += block) {
        double farCos = StrictMath.cos(start * each[i]);
        double farSin = StrictMath.sin(start * each[i]);
        for (int t = 0; t < Math.min(block, contextLength - start); t++) {
          int at = (start + t) * half + i;
          c[at] = (float) ((farCos * nearCos[t] - farSin * nearSin[t]) * scale);
          s[at] = (float) ((farSin * nearCos[t] + farCos * nearSin[t]) * scale);
        }
      }
    }
    return new RotaryEmbedding(
        Tensor.of(c, contextLength, half), Tensor.of(s, contextLength, half), interleaved);
  }

  /**
   * Rotates {@code [..., T, D]}, whose first row stands at position {@code start}.
   *
   * @throws ShapeException beyond the positions of the tables
   */
  public Tensor forward(Tensor x, long start) {
    long end = start + x.size(-2);
    if (end > cos.size(0)) {
      throw new ShapeException(
          "rope: position " + (end - 1) + " is beyond the context of " + cos.size(0) + " tokens");
    }
    return rotate(x, cos.slice(0, start, end), sin.slice(0, start, end), interleaved);
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
