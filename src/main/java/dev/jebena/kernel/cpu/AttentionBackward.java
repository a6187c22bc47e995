package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;
import static dev.jebena.kernel.cpu.TileProduct.ROWS;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * FlashAttention-2 (Dao, 2023), backward: scores are computed again tile by tile from the
 * log-sum-exp that forward kept. One task owns a group of heads that share keys and values, so that
 * nobody else adds to its gradients.
 *
 * <p>Scores of a block of queries and a tile of keys lie as {@code [queries, keys]}, other than in
 * the forward pass: nothing is summed over keys before a product does it. Of the five products
 * {@code s = q·kᵀ}, {@code gp = gOut·vᵀ}, {@code gv += pᵀ·gOut} and {@code gk += gsᵀ·q} are done
 * for one panel of keys after the other and those queries that see it; {@code gq += gs·k} for the
 * whole tile.
 */
final class AttentionBackward {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final ThreadLocal<Areas> memory;
  private final AttentionProblem problem;
  private final Heads out;
  private final Heads logSumExp;
  private final Heads gOut;
  private final Heads gq;
  private final Heads gk;
  private final Heads gv;

  AttentionBackward(
      ThreadLocal<Areas> memory,
      AttentionProblem problem,
      Heads out,
      Heads logSumExp,
      Heads gOut,
      Heads gq,
      Heads gk,
      Heads gv) {
    this.memory = memory;
    this.problem = problem;
    this.out = out;
    this.logSumExp = logSumExp;
    this.gOut = gOut;
    this.gq = gq;
    this.gk = gk;
    this.gv = gv;
  }

  /** The tiles of one task: where they begin. */
  private final class Tiles {
    final int width = problem.width;
    final int padded = TileProduct.padColumns(width);
    final int keyRows = (problem.keys + TILE - 1) / TILE * TILE;
    final float[] floats;
    final int rows;
    final int keysTurned;
    final int valuesTurned;
    final int keys;
    final int gKeys;
    final int gValues;
    final int queries;
    final int querySlivers;
    final int gOuts;
    final int gOutSlivers;
    final int gQueries;
    final int scores;
    final int gScores;
    final int slopes;
    final int lse;
    final int delta;
    final int first;
    final int end;
    final int own;
    float slope;

    Tiles(Areas areas) {
      areas.begin(
          keyRows * (2L * width + 3L * padded) + TILE * (3L * width + 3L * padded + 3L * TILE + 5));
      rows = areas.take(TILE * width);
      keysTurned = areas.take(keyRows * width);
      valuesTurned = areas.take(keyRows * width);
      keys = areas.take(keyRows * padded);
      gKeys = areas.take(keyRows * padded);
      gValues = areas.take(keyRows * padded);
      queries = areas.take(TILE * padded);
      querySlivers = areas.take(TILE * width);
      gOuts = areas.take(TILE * padded);
      gOutSlivers = areas.take(TILE * width);
      gQueries = areas.take(TILE * padded);
      scores = areas.take(TILE * TILE);
      gScores = areas.take(TILE * TILE);
      slopes = areas.take(TILE * TILE);
      lse = areas.take(TILE);
      delta = areas.take(TILE);
      first = areas.take(TILE);
      end = areas.take(TILE);
      own = areas.take(TILE);
      floats = areas.floats();
      Arrays.fill(floats, gKeys, gKeys + 2 * keyRows * padded, 0);
    }
  }

  /** Task {@code b·G + g}. */
  void run(int task) {
    int g = task % problem.groups;
    int b = task / problem.groups;
    var t = new Tiles(memory.get());
    for (int s = 0; s < problem.keys; s += TILE) {
      pack(t, b, g, s);
    }
    for (int h = g * problem.headsPerGroup(); h < (g + 1) * problem.headsPerGroup(); h++) {
      for (int first = 0; first < problem.queries; first += TILE) {
        block(t, b, h, first);
      }
    }
    for (int s = 0; s < problem.keys; s++) {
      store(t, t.gKeys + s * PANEL, t.keyRows, gk, gk.at(b, g, s));
      store(t, t.gValues + s * PANEL, t.keyRows, gv, gv.at(b, g, s));
    }
  }

  /** Writes a row that is cut into panels of {@code rows} rows. */
  private static void store(Tiles t, int from, int rows, Heads to, long at) {
    for (int d = 0; d < t.width; d += PANEL) {
      long shift = (long) d * Float.BYTES;
      int n = Math.min(PANEL, t.width - d);
      TileCopy.store(t.floats, from + d * rows, 1, to.segment(), at + shift, n);
    }
  }

  /** Keys and values turned for the scores, and keys as they are for the queries' gradients. */
  private void pack(Tiles t, int b, int g, int s) {
    float[] a = t.floats;
    int width = t.width;
    int count = Math.min(TILE, problem.keys - s);
    var k = problem.k;
    var v = problem.v;
    TileCopy.rows(k.segment(), k.at(b, g, s), k.row(), count, TILE, width, a, t.rows);
    TileCopy.turnedPanels(a, t.rows, TILE, width, 1, t.keysTurned + s * width);
    TileCopy.panels(a, t.rows, TILE, width, t.keys + s * PANEL, t.keyRows);
    TileCopy.rows(v.segment(), v.at(b, g, s), v.row(), count, TILE, width, a, t.rows);
    TileCopy.turnedPanels(a, t.rows, TILE, width, 1, t.valuesTurned + s * width);
  }

  private void block(Tiles t, int b, int h, int first) {
    float[] a = t.floats;
    int width = t.width;
    int queries = problem.blockSize(first);
    // with a bound the products are divided by it
    float factor = problem.softCap > 0 ? problem.scale / problem.softCap : problem.scale;
    var q = problem.q;
    TileCopy.rows(q.segment(), q.at(b, h, first), q.row(), queries, TILE, width, a, t.rows);
    TileCopy.panels(a, t.rows, TILE, width, t.queries, TILE);
    TileCopy.turnedSlivers(a, t.rows, TILE, width, factor, t.querySlivers);
    long gOutAt = gOut.at(b, h, first);
    TileCopy.rows(gOut.segment(), gOutAt, gOut.row(), queries, TILE, width, a, t.rows);
    TileCopy.panels(a, t.rows, TILE, width, t.gOuts, TILE);
    TileCopy.turnedSlivers(a, t.rows, TILE, width, 1, t.gOutSlivers);
    statistics(t, b, h, first, queries);
    Arrays.fill(a, t.gQueries, t.gQueries + t.padded * TILE, 0);
    int end = problem.endKeyOfBlock(first);
    for (int s = problem.firstKeyOfBlock(first) / TILE * TILE; s < end; s += TILE) {
      pair(t, first, queries, s);
    }
    for (int i = 0; i < queries; i++) {
      store(t, t.gQueries + i * PANEL, TILE, gq, gq.at(b, h, first + i));
    }
  }

  /** What each query of a block brings along; padding sees nothing. */
  private void statistics(Tiles t, int b, int h, int first, int queries) {
    Arrays.fill(t.floats, t.lse, t.own + TILE, 0);
    t.slope = problem.hasSlopes() ? problem.slope(h) : 0;
    for (int i = 0; i < queries; i++) {
      float lse = logSumExp.segment().get(FLOAT, logSumExp.at(b, h, first + i));
      // A query that saw nothing has only scores of −∞; any finite number makes them 0.
      t.floats[t.lse + i] = lse == Float.NEGATIVE_INFINITY ? 0 : lse;
      t.floats[t.delta + i] = delta(b, h, first + i);
      t.floats[t.first + i] = problem.visible.first(first + i);
      t.floats[t.end + i] = problem.visible.end(first + i);
      t.floats[t.own + i] = problem.visible.own(first + i);
    }
  }

  /** What a block of queries and the tile of keys from {@code start} on add to the gradients. */
  private void pair(Tiles t, int first, int queries, int start) {
    int low = Math.max(start, problem.firstKeyOfBlock(first)) - start;
    int high = Math.min(start + TILE, problem.endKeyOfBlock(first)) - start;
    low -= low % PANEL;
    high = TileProduct.padColumns(high);
    for (int column = low; column < high; column += PANEL) {
      panel(t, first, queries, start, column);
    }
    int keys = t.keys + (start + low) * PANEL;
    int gs = t.gScores + low;
    int rows = queries > TILE - ROWS ? TILE : (queries + ROWS - 1) / ROWS * ROWS;
    for (int d = 0; d < t.width; d += PANEL) {
      int from = keys + d * t.keyRows;
      int to = t.gQueries + d * TILE;
      TileProduct.rows(t.floats, gs, TILE, from, to, PANEL, rows, high - low, true);
    }
  }

  /**
   * Probabilities and gradients of scores for a panel of keys, 0 in rows of queries that do not see
   * it; and what they add to the gradients of keys and values.
   */
  private void panel(Tiles t, int first, int queries, int start, int column) {
    float[] a = t.floats;
    int width = t.width;
    int key = start + column;
    // the queries that see some key of the panel, in whole slivers
    int top = 0;
    while (top < queries && !sees(a, t, top, key)) {
      top++;
    }
    int bottom = queries;
    while (bottom > top && !sees(a, t, bottom - 1, key)) {
      bottom--;
    }
    top -= top % ROWS;
    bottom = Math.min(TILE, (bottom + ROWS - 1) / ROWS * ROWS);
    int s = t.scores + column;
    int gs = t.gScores + column;
    ScoreGradients.clear(a, gs, top);
    ScoreGradients.clear(a, gs + bottom * TILE, TILE - bottom);
    int rows = bottom - top;
    if (rows == 0) {
      return;
    }
    s += top * TILE;
    gs += top * TILE;
    int keys = t.keysTurned + key * width;
    int values = t.valuesTurned + key * width;
    int q = t.querySlivers + top * width;
    int g = t.gOutSlivers + top * width;
    TileProduct.slivers(a, q, width, 0, keys, s, TILE, rows, width, false);
    TileProduct.slivers(a, g, width, 0, values, gs, TILE, rows, width, false);
    boolean bounds = problem.softCap > 0;
    int slopes = t.slopes + column;
    if (bounds) {
      ScoreBound.apply(a, s, rows, TILE, problem.softCap, slopes, problem.scale);
    }
    if (t.slope != 0) {
      ScoreGradients.fall(a, s, rows, t.own + top, key, t.slope);
    }
    if (hides(a, t, top, bottom, key)) {
      ScoreGradients.hide(a, s, rows, t.first + top, t.end + top, key);
    }
    float scale = bounds ? 1 : problem.scale;
    ScoreGradients.softmax(a, s, gs, rows, t.lse + top, t.delta + top, scale);
    if (bounds) {
      ScoreGradients.multiply(a, gs, slopes, rows);
    }
    int m = TileProduct.padRows(PANEL);
    for (int d = 0; d < width; d += PANEL) {
      int from = d * TILE + top * PANEL;
      int to = d * t.keyRows + key * PANEL;
      TileProduct.columns(a, s, TILE, t.gOuts + from, t.gValues + to, PANEL, m, rows, true);
      TileProduct.columns(a, gs, TILE, t.queries + from, t.gKeys + to, PANEL, m, rows, true);
    }
  }

  /** Whether query {@code i} of the block sees some key of a panel. */
  private static boolean sees(float[] a, Tiles t, int i, int key) {
    return Math.max(a[t.first + i], key) < Math.min(a[t.end + i], key + PANEL);
  }

  /** Whether some query does not see some key of a panel. */
  private static boolean hides(float[] a, Tiles t, int top, int bottom, int key) {
    for (int i = top; i < bottom; i++) {
      if (a[t.first + i] > key || a[t.end + i] < key + PANEL) {
        return true;
      }
    }
    return false;
  }

  /** Σ gOut·out of query t. */
  private float delta(int b, int h, int t) {
    return RowDot.dot(
        out.segment(), out.at(b, h, t), gOut.segment(), gOut.at(b, h, t), problem.width);
  }

  /**
   * The gradient of the sink of head {@code h}: it has no value, so that each query adds {@code −p
   * · delta}.
   */
  float sink(int h) {
    float sum = 0;
    for (int b = 0; b < problem.batch; b++) {
      for (int t = 0; t < problem.queries; t++) {
        float lse = logSumExp.segment().get(FLOAT, logSumExp.at(b, h, t));
        float p = lse == Float.NEGATIVE_INFINITY ? 0 : VectorMath.exp(problem.sink(h) - lse);
        sum = Math.fma(-p, delta(b, h, t), sum);
      }
    }
    return sum;
  }
}
