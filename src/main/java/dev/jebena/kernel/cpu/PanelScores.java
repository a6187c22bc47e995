package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;
import static dev.jebena.kernel.cpu.ScoreArea.END;
import static dev.jebena.kernel.cpu.ScoreArea.FIRST;
import static dev.jebena.kernel.cpu.ScoreArea.OWN;
import static dev.jebena.kernel.cpu.ScoreArea.SCORES;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;

/**
 * What happens to the scores of a block of queries between the product and the softmax: bounds,
 * ALiBi and what is hidden. Holds what each query of the block needs for that.
 */
final class PanelScores {
  private final AttentionProblem problem;
  private final float[] floats;
  private float slope;

  /**
   * @param floats a {@link ScoreArea}
   */
  PanelScores(AttentionProblem problem, float[] floats) {
    this.problem = problem;
    this.floats = floats;
  }

  /** Begins with the block whose first query is {@code query}. */
  void begin(int head, int query) {
    slope = problem.hasSlopes() ? problem.slope(head) : 0;
    int count = problem.blockSize(query);
    for (int i = 0; i < TILE; i++) {
      // queries that are padding see what their neighbour does
      int t = query + Math.min(i, count - 1);
      floats[FIRST + i] = problem.visible.first(t);
      floats[END + i] = problem.visible.end(t);
      floats[OWN + i] = problem.visible.own(t);
    }
  }

  /**
   * Turns products into scores.
   *
   * @param column of the panel within the block
   * @param key of the first row
   */
  void finish(int column, int key, int rows) {
    int first = FIRST + column;
    int end = END + column;
    if (problem.softCap > 0) {
      ScoreBound.apply(floats, SCORES, rows, problem.softCap, -1, 1);
    }
    if (slope != 0) {
      ScoreTile.fall(floats, SCORES, rows, OWN + column, key, slope);
    }
    float low = 0;
    float high = Float.MAX_VALUE;
    for (int i = 0; i < PANEL; i++) {
      low = Math.max(low, floats[first + i]);
      high = Math.min(high, floats[end + i]);
    }
    int before = Math.clamp((long) low - key, 0, rows);
    int behind = Math.clamp((long) high - key, before, rows);
    ScoreTile.hide(floats, SCORES, 0, before, first, end, key);
    ScoreTile.hide(floats, SCORES, behind, rows, first, end, key);
  }
}
