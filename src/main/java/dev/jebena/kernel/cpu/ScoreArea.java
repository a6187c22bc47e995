package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;

/**
 * The array of one thread in which panels of scores are worked on: where tiles of products can be
 * written without a copy.
 */
final class ScoreArea {
  /** Scores of a panel: {@code [TILE, PANEL]}. */
  static final int SCORES = 0;

  /** Gradients of probabilities, then of scores, laid out alike. */
  static final int GRADIENTS = TILE * PANEL;

  /** Derivatives of bounded scores by products, laid out alike. */
  static final int SLOPES = 2 * TILE * PANEL;

  /** Of each query of a block the first key that it sees. */
  static final int FIRST = 3 * TILE * PANEL;

  /** The key behind the last one that it sees. */
  static final int END = FIRST + TILE;

  /** Where it stands itself among the keys. */
  static final int OWN = END + TILE;

  private static final int SIZE = OWN + TILE;

  private ScoreArea() {}

  static float[] of(Scratch scratch) {
    return scratch.scores(SIZE);
  }
}
