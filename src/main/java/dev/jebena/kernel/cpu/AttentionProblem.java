package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;

/**
 * The operands and sizes of one attention, and how it is cut into tiles.
 *
 * @param queries T
 * @param keys S
 * @param width D
 */
record AttentionProblem(
    Heads q,
    Heads k,
    Heads v,
    int batch,
    int heads,
    int groups,
    int queries,
    int keys,
    int width,
    float scale,
    boolean causal) {
  /**
   * Queries and keys of a tile: with D = 64 the three tiles of a product take 48 KiB, about the
   * first-level cache.
   */
  static final int TILE = 64;

  static AttentionProblem of(Operand q, Operand k, Operand v, double scale, boolean causal) {
    return new AttentionProblem(
        Heads.of(q),
        Heads.of(k),
        Heads.of(v),
        Math.toIntExact(q.shape().size(0)),
        Math.toIntExact(q.shape().size(1)),
        Math.toIntExact(k.shape().size(1)),
        Math.toIntExact(q.shape().size(2)),
        Math.toIntExact(k.shape().size(2)),
        Math.toIntExact(q.shape().size(3)),
        (float) scale,
        causal);
  }

  int queryTiles() {
    return (queries + TILE - 1) / TILE;
  }

  int headsPerGroup() {
    return heads / groups;
  }

  /** Query t sees keys up to {@code t + offset}, itself included. */
  int offset() {
    return keys - queries;
  }

  /** How many keys, counted from the first, the queries below {@code end} may see. */
  int visibleKeys(int end) {
    return causal ? Math.clamp(end + (long) offset(), 0, keys) : keys;
  }

  /** D filled up to whole vectors of the product kernel. */
  int paddedWidth() {
    return TileProduct.padColumns(width);
  }
}
