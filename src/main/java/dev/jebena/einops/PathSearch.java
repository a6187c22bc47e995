package dev.jebena.einops;

/** How the order of products is chosen where there are three operands or more. */
public enum PathSearch {
  /** {@link #OPTIMAL} for up to ten operands, {@link #GREEDY} beyond. */
  AUTOMATIC,
  /**
   * The fewest operations of all orders of pairs, by dynamic programming over sets of operands;
   * between equals the smaller intermediate results. Takes time in 3ⁿ: at most 14 operands.
   */
  OPTIMAL,
  /**
   * Always the pair whose product is smallest beside the two; pairs without a common axis come
   * last.
   */
  GREEDY
}
