package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;

import dev.jebena.kernel.fused.CrossEntropyTerms;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** The passes over one row of logits that cross-entropy with all its terms is made of. */
final class LossRow {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  private LossRow() {}

  /** {@code out = cap · tanh(x / cap)}; in place where both are one. */
  static void cap(MemorySegment x, long at, MemorySegment out, long outAt, int n, float cap) {
    long p = x.address() + at;
    long q = out.address() + outAt;
    float inverse = 1 / cap;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      VectorSigmoids.tanh(FloatVector.fromMemorySegment(F32, ALL, p + shift, ORDER).mul(inverse))
          .mul(cap)
          .intoMemorySegment(ALL, q + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      out.set(FLOAT, outAt + shift, VectorSigmoids.tanh(x.get(FLOAT, at + shift) * inverse) * cap);
    }
  }

  /** The mean of {@code n} floats. */
  static float mean(MemorySegment x, long at, int n) {
    long p = x.address() + at;
    var sum = FloatVector.zero(F32);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      sum = sum.add(FloatVector.fromMemorySegment(F32, ALL, p + (long) i * Float.BYTES, ORDER));
    }
    float total = RowDot.fold(sum);
    for (; i < n; i++) {
      total += x.get(FLOAT, at + (long) i * Float.BYTES);
    }
    return total / n;
  }

  /**
   * The loss of a row.
   *
   * @param logit of the target
   * @param mean of all logits; read only where labels are smoothed
   * @param max of all logits
   * @param log of {@code Σ exp(logit − max)}
   */
  static float loss(CrossEntropyTerms terms, float logit, float mean, float max, float log) {
    // (max − logit) + log Σ keeps digits that (max + log Σ) − logit would lose.
    float loss = max - logit + log;
    if (terms.labelSmoothing() > 0) {
      float share = (float) terms.labelSmoothing();
      loss = (1 - share) * loss + share * (max - mean + log);
    }
    if (terms.zLoss() > 0) {
      float lse = max + log;
      loss += (float) terms.zLoss() * lse * lse;
    }
    return loss;
  }

  /** What the probabilities are multiplied by in the gradient of a row's loss. */
  static float slope(CrossEntropyTerms terms, float lse) {
    return 1 + 2 * (float) terms.zLoss() * lse;
  }

  /** {@code out = a · exp(x − lse) − b}. */
  static void probabilities(
      MemorySegment x, long at, float lse, float a, float b, MemorySegment out, long outAt, int n) {
    long p = x.address() + at;
    long q = out.address() + outAt;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      VectorMath.exp(FloatVector.fromMemorySegment(F32, ALL, p + shift, ORDER).sub(lse))
          .mul(a)
          .sub(b)
          .intoMemorySegment(ALL, q + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      out.set(FLOAT, outAt + shift, VectorMath.exp(x.get(FLOAT, at + shift) - lse) * a - b);
    }
  }

  /** {@code x = a · x − b}. */
  static void affine(MemorySegment x, long at, float a, float b, int n) {
    long p = x.address() + at;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long from = p + (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(F32, ALL, from, ORDER)
          .mul(a)
          .sub(b)
          .intoMemorySegment(ALL, from, ORDER);
    }
    for (; i < n; i++) {
      long shift = at + (long) i * Float.BYTES;
      x.set(FLOAT, shift, x.get(FLOAT, shift) * a - b);
    }
  }

  /** {@code g *= 1 − (y / cap)²}: the slope of the cap at what it gave. */
  static void uncap(MemorySegment y, long at, MemorySegment g, long gAt, int n, float cap) {
    long p = y.address() + at;
    long q = g.address() + gAt;
    float inverse = 1 / cap;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var t = FloatVector.fromMemorySegment(F32, ALL, p + shift, ORDER).mul(inverse);
      var slope = t.mul(t).neg().add(1f);
      FloatVector.fromMemorySegment(F32, ALL, q + shift, ORDER)
          .mul(slope)
          .intoMemorySegment(ALL, q + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float t = y.get(FLOAT, at + shift) * inverse;
      g.set(FLOAT, gAt + shift, g.get(FLOAT, gAt + shift) * (-(t * t) + 1f));
    }
  }

  /** {@code y = (a · exp(y − lse) − b) · (1 − (y / cap)²)} in one pass. */
  static void cappedGradient(
      MemorySegment y, long at, float lse, float a, float b, float cap, int n) {
    long p = y.address() + at;
    float inverse = 1 / cap;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long from = p + (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(F32, ALL, from, ORDER);
      var t = x.mul(inverse);
      var slope = t.mul(t).neg().add(1f);
      VectorMath.exp(x.sub(lse)).mul(a).sub(b).mul(slope).intoMemorySegment(ALL, from, ORDER);
    }
    for (; i < n; i++) {
      long shift = at + (long) i * Float.BYTES;
      float x = y.get(FLOAT, shift);
      float t = x * inverse;
      y.set(FLOAT, shift, (VectorMath.exp(x - lse) * a - b) * (-(t * t) + 1f));
    }
  }

  /** {@code x[i] += change} for one element. */
  static void add(MemorySegment x, long at, long i, float change) {
    long hit = at + i * Float.BYTES;
    x.set(FLOAT, hit, x.get(FLOAT, hit) + change);
  }
}
