package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.ScoreArea.END;
import static dev.jebena.kernel.cpu.ScoreArea.FIRST;
import static dev.jebena.kernel.cpu.ScoreArea.GRADIENTS;
import static dev.jebena.kernel.cpu.ScoreArea.OWN;
import static dev.jebena.kernel.cpu.ScoreArea.SCORES;
import static dev.jebena.kernel.cpu.ScoreArea.SLOPES;
import static dev.jebena.kernel.cpu.TileProduct.GRAIN;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;
import static dev.jebena.kernel.cpu.TileProduct.ROWS;

/**
 * FlashAttention-2 (Dao, 2023), backward: scores are computed again tile by tile from the
 * log-sum-exp that forward kept. One task owns a group of heads that share keys and values, so that
 * nobody else adds to its gradients.
 *
 * <p>Scores of a block of queries and a tile of keys lie as {@code [queries, keys]}, other than in
 * the forward pass: nothing is summed over keys before a product does it. Of the five products
 * {@code s = q·kᵀ}, {@code gp = gOut·vᵀ}, {@code gvᵀ += gOutᵀ·p} and {@code gkᵀ += qᵀ·gs} are done
 * for one panel of keys after the other and those queries that see it, so that p and gs are right
 * operands as they are; {@code gq += gs·k} takes gs turned, for one sliver of queries after the
 * other.
 */
final class AttentionBackward {
  private static final long STEP = Float.BYTES;

  private final WorkerPool pool;
  private final AttentionProblem problem;
  private final Heads out;
  private final Heads logSumExp;
  private final Heads gOut;
  private final Heads gq;
  private final Heads gk;
  private final Heads gv;

  AttentionBackward(
      WorkerPool pool,
      AttentionProblem problem,
      Heads out,
      Heads logSumExp,
      Heads gOut,
      Heads gq,
      Heads gk,
      Heads gv) {
    this.pool = pool;
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
    final Scratch scratch;
    final int width = problem.width;
    final int depth = TileProduct.padDepth(width);

    /** Features as rows, and as columns. */
    final int padded = TileProduct.padRows(width);

    final int columns = TileProduct.padColumns(width);
    final int keyRows = (problem.keys + TILE - 1) / TILE * TILE;

    /** Right operands: {@code kᵀ} and {@code vᵀ} in panels of keys, k in panels of features. */
    final long keysTurned;

    final long valuesTurned;
    final long keys;

    /** {@code gkᵀ} and {@code gvᵀ} in panels of keys. */
    final long gKeys;

    final long gValues;

    /**
     * Left operands: {@code scale · q} and gOut in slivers of queries, turned in slivers of
     * features.
     */
    final long queries;

    final long queriesTurned;
    final long gOuts;
    final long gOutsTurned;

    /** In panels of features. */
    final long gQueries;

    /** Probabilities {@code [TILE queries, PANEL keys]}. */
    final long weights;

    /** Gradients of scores {@code [panels of keys, TILE queries, PANEL keys]}. */
    final long gScores;

    /** The gradients of scores of one sliver of queries, with all keys of a tile. */
    final long sliver;

    final long rows;

    /** Of each query of a block. */
    final long lse;

    final long delta;
    final float[] floats;
    float slope;

    /** Queries of the block that take part in each panel of keys: from top to before bottom. */
    final int[] top = new int[TILE / PANEL];

    final int[] bottom = new int[TILE / PANEL];

    /** Whether the sliver of queries from {@code row} on has gradients of scores in panel p. */
    boolean takesPart(int row, int p) {
      return row >= top[p] && row < bottom[p];
    }

    Tiles(Scratch scratch) {
      this.scratch = scratch;
      long all = keyRows;
      long[] at =
          Areas.cut(
              scratch,
              all * depth,
              all * depth,
              all * columns,
              all * padded,
              all * padded,
              TILE * depth,
              TILE * padded,
              TILE * depth,
              TILE * padded,
              TILE * columns,
              TILE * PANEL,
              TILE * TILE,
              TILE * ROWS,
              PANEL * TileCopy.turnedRow(width),
              TILE,
              TILE);
      keysTurned = at[0];
      valuesTurned = at[1];
      keys = at[2];
      gKeys = at[3];
      gValues = at[4];
      queries = at[5];
      queriesTurned = at[6];
      gOuts = at[7];
      gOutsTurned = at[8];
      gQueries = at[9];
      weights = at[10];
      gScores = at[11];
      sliver = at[12];
      rows = at[13];
      lse = at[14];
      delta = at[15];
      floats = ScoreArea.of(scratch);
    }
  }

  /** Task {@code b·G + g}. */
  void run(int task) {
    int g = task % problem.groups;
    int b = task / problem.groups;
    var t = new Tiles(pool.scratch());
    pack(t, b, g);
    for (int h = g * problem.headsPerGroup(); h < (g + 1) * problem.headsPerGroup(); h++) {
      for (int first = 0; first < problem.queries; first += TILE) {
        block(t, b, h, first);
      }
    }
    for (int key = 0; key < problem.keys; key += PANEL) {
      store(t, t.gKeys, key, gk, gk.at(b, g, key));
      store(t, t.gValues, key, gv, gv.at(b, g, key));
    }
  }

  /** Keys and values turned for the scores, and keys as they are for the queries' gradients. */
  private void pack(Tiles t, int b, int g) {
    int width = t.width;
    int count = problem.keys;
    int all = t.keyRows;
    var k = problem.k;
    var v = problem.v;
    long key = k.at(b, g, 0);
    long value = v.at(b, g, 0);
    TileCopy.pack(k.segment(), key, k.row(), STEP, count, width, t.keysTurned, all, t.depth, PANEL);
    TileCopy.pack(k.segment(), key, STEP, k.row(), width, count, t.keys, t.columns, all, PANEL);
    TileCopy.pack(
        v.segment(), value, v.row(), STEP, count, width, t.valuesTurned, all, t.depth, PANEL);
    TileCopy.zero(t.gKeys, (long) all * t.padded);
    TileCopy.zero(t.gValues, (long) all * t.padded);
  }

  /** Writes the gradients of a panel of keys, or of values, from {@code key} on. */
  private void store(Tiles t, long gradients, int key, Heads to, long at) {
    TileCopy.turnBack(gradients + STEP * key * t.padded, t.width, t.rows);
    int count = Math.min(PANEL, problem.keys - key);
    long row = STEP * TileCopy.turnedRow(t.width);
    for (int i = 0; i < count; i++) {
      TileCopy.store(t.rows + i * row, 1, to.segment(), at + i * to.row(), t.width);
    }
  }

  private void block(Tiles t, int b, int h, int first) {
    int queries = problem.blockSize(first);
    // with a bound the products are divided by it
    float factor = problem.softCap > 0 ? problem.scale / problem.softCap : problem.scale;
    left(t, problem.q, problem.q.at(b, h, first), queries, t.queries, t.queriesTurned);
    left(t, gOut, gOut.at(b, h, first), queries, t.gOuts, t.gOutsTurned);
    TileCopy.scale(t.queries, TILE * t.depth, factor);
    statistics(t, b, h, first, queries);
    TileCopy.zero(t.gQueries, (long) t.columns * TILE);
    int end = problem.endKeyOfBlock(first);
    for (int s = problem.firstKeyOfBlock(first) / TILE * TILE; s < end; s += TILE) {
      pair(t, first, queries, s);
    }
    for (int d = 0; d < t.width; d += PANEL) {
      int n = Math.min(PANEL, t.width - d);
      for (int i = 0; i < queries; i++) {
        long from = t.gQueries + STEP * (d * TILE + i * PANEL);
        TileCopy.store(from, 1, gq.segment(), gq.at(b, h, first + i) + STEP * d, n);
      }
    }
  }

  /** Packs a block of queries, or of gradients of outputs, as left operands of both kinds. */
  private void left(Tiles t, Heads x, long at, int count, long rows, long turned) {
    int width = t.width;
    TileCopy.pack(x.segment(), at, x.row(), STEP, count, width, rows, TILE, t.depth, ROWS);
    TileCopy.pack(x.segment(), at, STEP, x.row(), width, count, turned, t.padded, TILE, ROWS);
  }

  /** What each query of a block brings along; padding sees nothing. */
  private void statistics(Tiles t, int b, int h, int first, int queries) {
    t.slope = problem.hasSlopes() ? problem.slope(h) : 0;
    for (int i = 0; i < TILE; i++) {
      boolean real = i < queries;
      int query = first + i;
      float lse = real ? logSumExp.segment().get(FLOAT, logSumExp.at(b, h, query)) : 0;
      long at = STEP * i;
      // A query that saw nothing has only scores of −∞; any finite number makes them 0.
      ALL.set(FLOAT, t.lse + at, lse == Float.NEGATIVE_INFINITY ? 0 : lse);
      ALL.set(FLOAT, t.delta + at, real ? delta(b, h, query) : 0);
      t.floats[FIRST + i] = real ? problem.visible.first(query) : 0;
      t.floats[END + i] = real ? problem.visible.end(query) : 0;
      t.floats[OWN + i] = real ? problem.visible.own(query) : 0;
    }
  }

  /** What a block of queries and the tile of keys from {@code start} on add to the gradients. */
  private void pair(Tiles t, int first, int queries, int start) {
    int low = Math.max(start, problem.firstKeyOfBlock(first)) - start;
    int high = Math.min(start + TILE, problem.endKeyOfBlock(first)) - start;
    int lowPanel = low / PANEL;
    int highPanel = TileProduct.padColumns(high) / PANEL;
    for (int p = lowPanel; p < highPanel; p++) {
      panel(t, queries, start, p);
    }
    for (int row = 0; row < queries; row += ROWS) {
      int from = lowPanel;
      while (from < highPanel && !t.takesPart(row, from)) {
        from++;
      }
      int to = highPanel;
      while (to > from && !t.takesPart(row, to - 1)) {
        to--;
      }
      if (from < to) {
        gradientsOfQueries(t, start, row, from, to);
      }
    }
  }

  /** What the panels of keys {@code from} to before {@code to} add to a sliver of queries. */
  private void gradientsOfQueries(Tiles t, int start, int row, int from, int to) {
    long line = STEP * PANEL;
    long column = STEP * ROWS;
    // whole steps
    int low = from * PANEL / PackedProduct.STEPS * PackedProduct.STEPS;
    int high = TileProduct.padDepth(to * PANEL);
    TileCopy.zero(t.sliver + low * column, (long) (from * PANEL - low) * ROWS);
    for (int p = from; p < to; p++) {
      long at = t.sliver + p * PANEL * column;
      if (t.takesPart(row, p)) {
        long gs = t.gScores + (p * TILE + row) * line;
        TileKernel.F32.pack(ALL, gs, line, STEP, ROWS, PANEL, ALL, at, ROWS);
      } else {
        TileCopy.zero(at, (long) PANEL * ROWS);
      }
    }
    TileCopy.zero(t.sliver + to * PANEL * column, (long) (high - to * PANEL) * ROWS);
    for (int d = 0; d < t.columns; d += PANEL) {
      long keys = t.keys + STEP * d * t.keyRows + (start + low) * line;
      long gradients = t.gQueries + STEP * d * TILE + row * line;
      TileProduct.multiply(t.scratch, t.sliver, TILE, low, keys, gradients, ROWS, high - low, true);
    }
  }

  /**
   * Probabilities and gradients of scores for panel {@code p} of a tile's keys and the queries that
   * see some of it; and what they add to the gradients of keys and values.
   */
  private void panel(Tiles t, int queries, int start, int p) {
    int key = start + p * PANEL;
    int top = 0;
    while (top < queries && !sees(t.floats, top, key)) {
      top++;
    }
    int bottom = queries;
    while (bottom > top && !sees(t.floats, bottom - 1, key)) {
      bottom--;
    }
    if (top < bottom) {
      top -= top % GRAIN;
      bottom = TileProduct.padGrain(bottom);
    }
    t.top[p] = top;
    t.bottom[p] = bottom;
    int rows = bottom - top;
    if (rows == 0) {
      return;
    }
    int depth = t.depth;
    long line = STEP * PANEL;
    long gs = t.gScores + (p * TILE + top) * line;
    long down = STEP * top * depth;
    long right = STEP * key * depth;
    float[] a = t.floats;
    TileProduct.multiply(t.scratch, t.queries + down, t.keysTurned + right, a, SCORES, rows, depth);
    TileProduct.multiply(
        t.scratch, t.gOuts + down, t.valuesTurned + right, a, GRADIENTS, rows, depth);
    boolean bounds = problem.softCap > 0;
    if (bounds) {
      ScoreBound.apply(a, SCORES, rows, problem.softCap, SLOPES, problem.scale);
    }
    if (t.slope != 0) {
      ScoreGradients.fall(a, SCORES, rows, OWN + top, key, t.slope);
    }
    if (hides(a, top, bottom, key)) {
      ScoreGradients.hide(a, SCORES, rows, FIRST + top, END + top, key);
    }
    float scale = bounds ? 1 : problem.scale;
    long own = STEP * top;
    ScoreGradients.softmax(
        a, SCORES, GRADIENTS, rows, t.weights, gs, t.lse + own, t.delta + own, scale);
    if (bounds) {
      ScoreGradients.multiply(a, SLOPES, rows, gs);
    }
    long sums = STEP * key * t.padded;
    TileProduct.multiply(
        t.scratch, t.gOutsTurned, TILE, top, t.weights, t.gValues + sums, t.padded, rows, true);
    TileProduct.multiply(
        t.scratch, t.queriesTurned, TILE, top, gs, t.gKeys + sums, t.padded, rows, true);
  }

  /** Whether query {@code i} of the block sees some key of a panel. */
  private static boolean sees(float[] a, int i, int key) {
    return Math.max(a[FIRST + i], key) < Math.min(a[END + i], key + PANEL);
  }

  /** Whether some query does not see some key of a panel. */
  private static boolean hides(float[] a, int top, int bottom, int key) {
    for (int i = top; i < bottom; i++) {
      if (a[FIRST + i] > key || a[END + i] < key + PANEL) {
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
