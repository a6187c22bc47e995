package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;

/**
 * What happens to the scores of a block of queries between the product and the softmax: bounds,
 * ALiBi and what is hidden. Holds what each query of the block needs for that.
 */
final class PanelScores {
  private final AttentionProblem problem;
  private final float[] floats;
  private final int first;
  private final int end;
  private final int own;
  private float slope;

  /** Takes its room from {@code areas}: {@link #size} floats. */
  PanelScores(AttentionProblem problem, Areas areas) {
    this.problem = problem;
    this.first = areas.take(TILE);
    this.end = areas.take(TILE);
    this.own = areas.take(TILE);
    this.floats = areas.floats();
  }

  static int size() {
    return 3 * TILE;
  }

  /** Begins with the block whose first query is {@code query}. */
  void begin(int head, int query) {
    slope = problem.hasSlopes() ? problem.slope(head) : 0;
    int count = problem.blockSize(query);
    for (int i = 0; i < TILE; i++) {
      // queries that are padding see what their neighbour does
      int t = query + Math.min(i, count - 1);
      floats[first + i] = problem.visible.first(t);
      floats[end + i] = problem.visible.end(t);
      floats[own + i] = problem.visible.own(t);
    }
  }

  /**
   * Turns products into scores.
   *
   * @param column of the panel within the block
   * @param scores {@code [rows, PANEL]}, where the row of {@code key} begins
   */
  void finish(int column, int scores, int key, int rows) {
    if (problem.softCap > 0) {
      ScoreBound.apply(floats, scores, rows, PANEL, problem.softCap, -1, 1);
    }
    if (slope != 0) {
      ScoreTile.fall(floats, scores, rows, own + column, key, slope);
    }
    float low = 0;
    float high = Float.MAX_VALUE;
    for (int i = column; i < column + PANEL; i++) {
      low = Math.max(low, floats[first + i]);
      high = Math.min(high, floats[end + i]);
    }
    int before = Math.clamp((long) low - key, 0, rows);
    int behind = Math.clamp((long) high - key, before, rows);
    ScoreTile.hide(floats, scores, 0, before, first + column, end + column, key);
    ScoreTile.hide(floats, scores, behind, rows, first + column, end + column, key);
  }
}
