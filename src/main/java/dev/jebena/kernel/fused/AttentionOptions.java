package dev.jebena.kernel.fused;

import dev.jebena.memory.ShapeException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What attention does beside the softmax of products: which keys a query sees, and what happens to
 * a score before the softmax.
 *
 * <p>With {@code d = t + S − T}, the key that stands where query t stands, the score of query t and
 * key s is {@code cap · tanh(scale · q·k / cap) − slope · |d − s|}. Query t sees the keys for which
 * all of these hold; a query that sees none gets zeros and gives zero gradients.
 *
 * <ul>
 *   <li>causal: {@code s ≤ d}
 *   <li>window: {@code d − window < s}, and {@code s < d + window} where attention is not causal
 *   <li>sequences: both are of one sequence; T, S, t and s are then counted within it
 * </ul>
 *
 * @param scale what products of queries and keys are multiplied with
 * @param causal whether a query sees only keys up to its own position
 * @param window how many keys a query sees on each side, its own position counted (Mistral, 2023);
 *     {@link #NO_WINDOW} for all
 * @param softCap bound of the scores (Gemma 2, 2024), 0 for none
 * @param slopes one number a head by which scores fall with distance (ALiBi: Press et al., 2022);
 *     empty for none
 * @param sequences where packed sequences begin and end, null for one
 */
public record AttentionOptions(
    double scale,
    boolean causal,
    long window,
    double softCap,
    List<Double> slopes,
    PackedSequences sequences) {
  /** A window that hides nothing. */
  public static final long NO_WINDOW = Long.MAX_VALUE;

  /**
   * Checks what can be checked without shapes.
   *
   * @throws IllegalArgumentException for a scale that is no number or infinite, a window without a
   *     key or a bound below 0
   */
  public AttentionOptions {
    slopes = List.copyOf(slopes);
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException(
          "attention: scores multiplied by " + scale + " (1/√features is usual)");
    }
    if (window < 1) {
      throw new IllegalArgumentException(
          "attention: a window of " + window + " keys (1 sees only its own position)");
    }
    if (!(softCap >= 0) || Double.isInfinite(softCap)) {
      throw new IllegalArgumentException(
          "attention: scores bounded by " + softCap + " (0 bounds nothing, 50 is usual)");
    }
  }

  /** Every query sees every key. */
  public static AttentionOptions full(double scale) {
    return new AttentionOptions(scale, false, NO_WINDOW, 0, List.of(), null);
  }

  /** Query t sees the keys up to its own position. */
  public static AttentionOptions causal(double scale) {
    return new AttentionOptions(scale, true, NO_WINDOW, 0, List.of(), null);
  }

  /** The same with only so many keys for each query. */
  public AttentionOptions withWindow(long keys) {
    return new AttentionOptions(scale, causal, keys, softCap, slopes, sequences);
  }

  /** The same with scores between −{@code bound} and {@code bound}. */
  public AttentionOptions withSoftCap(double bound) {
    return new AttentionOptions(scale, causal, window, bound, slopes, sequences);
  }

  /** The same with scores that fall with distance, one slope a head. */
  public AttentionOptions withSlopes(List<Double> perHead) {
    return new AttentionOptions(scale, causal, window, softCap, perHead, sequences);
  }

  /** The same for several sequences that stand one behind the other on the axes T and S. */
  public AttentionOptions withSequences(PackedSequences packed) {
    return new AttentionOptions(scale, causal, window, softCap, slopes, packed);
  }

  /**
   * The slopes of ALiBi (Press et al., 2022): 2^(−8/n), 2^(−16/n), … for n heads where n is a power
   * of two; else those of the next lower power, and every second one of twice as many.
   */
  public static List<Double> alibi(int heads) {
    int power = Integer.highestOneBit(Math.max(1, heads));
    return IntStream.range(0, heads)
        .mapToObj(h ->
            h < power
                ? Math.pow(2, -8.0 * (h + 1) / power)
                : Math.pow(2, -4.0 * (2 * (h - power) + 1) / power))
        .toList();
  }

  /** The keys that each of T queries sees among S. */
  public VisibleKeys visibleKeys(long queries, long keys) {
    return VisibleKeys.of(this, Math.toIntExact(queries), Math.toIntExact(keys));
  }

  /**
   * Refuses options that do not fit sizes.
   *
   * @throws ShapeException where they do not
   */
  public void check(long heads, long queries, long keys) {
    if (!slopes.isEmpty() && slopes.size() != heads) {
      throw new ShapeException(
          "attention: " + slopes.size() + " slopes for " + heads + " heads (one each would fit)");
    }
    if (sequences != null) {
      sequences.check(queries, keys);
    }
  }
}
