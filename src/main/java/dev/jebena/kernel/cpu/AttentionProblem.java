package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.fused.VisibleKeys;

/**
 * The operands, sizes and options of one attention, and how it is cut: queries in blocks of {@link
 * #TILE}, blocks in panels as wide as {@link TileProduct} has columns, keys in tiles of {@link
 * #TILE}.
 */
final class AttentionProblem {
  /**
   * Queries of a block and keys of a tile, a multiple of all that tiles of products have as rows,
   * columns and steps on any machine: with D = 64 a tile of keys or values takes 24 KiB.
   */
  static final int TILE = 96;

  final Heads q;
  final Heads k;
  final Heads v;
  final int batch;
  final int heads;
  final int groups;

  /** T. */
  final int queries;

  /** S. */
  final int keys;

  /** D. */
  final int width;

  final float scale;
  final float softCap;
  private final float[] slopes;
  private final float[] sinks;
  final VisibleKeys visible;
  private final int[] panelFirst;
  private final int[] panelEnd;

  AttentionProblem(Operand q, Operand k, Operand v, Operand sinks, AttentionOptions options) {
    this.q = Heads.of(q);
    this.k = Heads.of(k);
    this.v = Heads.of(v);
    this.batch = Math.toIntExact(q.shape().size(0));
    this.heads = Math.toIntExact(q.shape().size(1));
    this.groups = Math.toIntExact(k.shape().size(1));
    this.queries = Math.toIntExact(q.shape().size(2));
    this.keys = Math.toIntExact(k.shape().size(2));
    this.width = Math.toIntExact(q.shape().size(3));
    this.scale = (float) options.scale();
    this.softCap = (float) options.softCap();
    this.slopes = new float[options.slopes().size()];
    for (int h = 0; h < slopes.length; h++) {
      slopes[h] = options.slopes().get(h).floatValue();
    }
    this.sinks = sinks == null ? null : Heads.numbers(sinks);
    this.visible = options.visibleKeys(queries, keys);
    int panels = (queries + TileProduct.PANEL - 1) / TileProduct.PANEL;
    this.panelFirst = new int[panels];
    this.panelEnd = new int[panels];
    for (int p = 0; p < panels; p++) {
      fold(p);
    }
  }

  /** Queries that see nothing take no part. */
  private void fold(int p) {
    panelFirst[p] = keys;
    int end = Math.min(queries, (p + 1) * TileProduct.PANEL);
    for (int t = p * TileProduct.PANEL; t < end; t++) {
      if (visible.any(t)) {
        panelFirst[p] = Math.min(panelFirst[p], visible.first(t));
        panelEnd[p] = Math.max(panelEnd[p], visible.end(t));
      }
    }
  }

  int headsPerGroup() {
    return heads / groups;
  }

  int blocks() {
    return (queries + TILE - 1) / TILE;
  }

  /** Queries of the block that begins at {@code first}. */
  int blockSize(int first) {
    return Math.min(TILE, queries - first);
  }

  /** The first key that a query of the panel that begins at {@code query} sees. */
  int firstKey(int query) {
    return panelFirst[query / TileProduct.PANEL];
  }

  /** The key behind the last one that a query of the panel that begins at {@code query} sees. */
  int endKey(int query) {
    return panelEnd[query / TileProduct.PANEL];
  }

  /** The first key that a query of the block that begins at {@code first} sees. */
  int firstKeyOfBlock(int first) {
    int found = keys;
    for (int t = first; t < first + blockSize(first); t += TileProduct.PANEL) {
      found = Math.min(found, firstKey(t));
    }
    return found;
  }

  /** The key behind the last one that a query of the block that begins at {@code first} sees. */
  int endKeyOfBlock(int first) {
    int found = 0;
    for (int t = first; t < first + blockSize(first); t += TileProduct.PANEL) {
      found = Math.max(found, endKey(t));
    }
    return found;
  }

  boolean hasSlopes() {
    return slopes.length > 0;
  }

  float slope(int head) {
    return slopes[head];
  }

  boolean hasSinks() {
    return sinks != null;
  }

  /** The score of a head's sink; −∞ where there are none. */
  float sink(int head) {
    return sinks == null ? Float.NEGATIVE_INFINITY : sinks[head];
  }
}
