package dev.jebena.kernel;

import dev.jebena.memory.BernoulliBits;

/**
 * Distributions of counter-based random numbers. Block {@code counter + i/2} of {@link
 * dev.jebena.memory.Philox} gives elements {@code 2·(i/2)} and {@code 2·(i/2)+1}: words 0 and 1
 * make the first double, words 2 and 3 the second.
 */
public enum RandomOp {
  /** Uniform in [a, b). */
  UNIFORM,
  /** Normal with mean a and standard deviation b: Box–Muller over the block's two doubles. */
  NORMAL,
  /** Whole numbers uniform in [a, b). */
  INTEGER,
  /**
   * Standard normal given that it lies in [a, b]: {@link dev.jebena.memory.TruncatedNormal} of each
   * of the block's doubles.
   */
  TRUNCATED_NORMAL,
  /**
   * 1 with probability a, else 0: the elements that {@link dev.jebena.memory.BernoulliBits} draws,
   * which go through the blocks in their own way.
   */
  BERNOULLI;

  /** Blocks consumed by a tensor of so many elements. */
  public long blocks(long elements) {
    return this == BERNOULLI
        ? (elements + BernoulliBits.GROUP - 1) / BernoulliBits.GROUP * BernoulliBits.BLOCKS
        : (elements + 1) / 2;
  }
}
