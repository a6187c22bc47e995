package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.ScoreArea.SCORES;
import static dev.jebena.kernel.cpu.TileProduct.GRAIN;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;
import static dev.jebena.kernel.cpu.TileProduct.ROWS;

/**
 * FlashAttention-2 (Dao, 2023), forward: one task owns some blocks of queries of the heads that
 * share keys and values, and walks the keys that they see tile by tile, so that {@code T×S} scores
 * never exist.
 *
 * <p>Scores are kept transposed, {@code [keys, queries]}: maxima and sums over keys then run down
 * vector lanes, and both products take the form of {@link TileProduct}, whose left operand is read
 * number by number: {@code scores = k · qᵀ} and {@code outᵀ += vᵀ · p}, both cut into slivers once
 * per task. All of it is done for one panel of queries after the other, so that no more of the
 * diagonal is computed than a panel is wide.
 *
 * <p>Bound by FMA: 4·D operations for each score against about 15 for its exponential and its
 * maximum.
 */
final class AttentionForward {
  private static final long STEP = Float.BYTES;

  /** Tasks that a call is cut into where it has so many blocks: enough for all cores there are. */
  private static final int TASKS = 32;

  /** The keys of a task that stay packed take at most so many floats: 16 MiB. */
  private static final int KEPT = 1 << 22;

  private final WorkerPool pool;
  private final AttentionProblem problem;
  private final Heads out;
  private final Heads logSumExp;
  private final int span;

  AttentionForward(WorkerPool pool, AttentionProblem problem, Heads out, Heads logSumExp) {
    this.pool = pool;
    this.problem = problem;
    this.out = out;
    this.logSumExp = logSumExp;
    // Packing keys costs as much as a few queries: a span of a few blocks makes up for it.
    int groups = problem.batch * problem.groups;
    int spans = Math.max(1, TASKS / groups);
    this.span = Math.max(Math.min(4, problem.blocks()), (problem.blocks() + spans - 1) / spans);
  }

  /** How many tasks there are: batch elements × groups × spans of queries. */
  int tasks() {
    return problem.batch * problem.groups * spans();
  }

  private int spans() {
    return (problem.blocks() + span - 1) / span;
  }

  /** The tiles of one task: where they begin. */
  private final class Tiles {
    final int width = problem.width;
    final int depth = TileProduct.padDepth(width);
    final int padded = TileProduct.padRows(width);
    final int keyRows = (problem.keys + TILE - 1) / TILE * TILE;
    final boolean keeps = (long) keyRows * (depth + padded) <= KEPT;
    final Scratch scratch;
    final float[] floats;
    final PanelScores finish;
    final long rows;
    final long queries;
    final long keys;
    final long values;
    final long sums;
    final long weights;
    final long max;
    final long before;
    final long sum;
    final long total;

    /** Tiles from {@code low} to before {@code high} are packed; the last one lies at 0 else. */
    int low = -1;

    int high = -1;

    Tiles(Scratch scratch) {
      this.scratch = scratch;
      floats = ScoreArea.of(scratch);
      finish = new PanelScores(problem, floats);
      long kept = keeps ? keyRows : TILE;
      int row = TileCopy.turnedRow(width);
      long[] at =
          Areas.cut(
              scratch,
              PANEL * row,
              TILE * depth,
              kept * depth,
              kept * padded,
              TILE * padded,
              TILE * PANEL,
              TILE,
              PANEL,
              PANEL,
              TILE);
      rows = at[0];
      queries = at[1];
      keys = at[2];
      values = at[3];
      sums = at[4];
      weights = at[5];
      max = at[6];
      before = at[7];
      sum = at[8];
      total = at[9];
    }

    long keys(int tile) {
      return keys + (long) tile * TILE * depth * Float.BYTES;
    }

    long values(int tile) {
      return values + (long) tile * TILE * padded * Float.BYTES;
    }
  }

  /** Task {@code (b·G + g)·spans + span}; the last spans, which see most keys, come first. */
  void run(int task) {
    int s = spans() - 1 - task % spans();
    int g = task / spans() % problem.groups;
    int b = task / spans() / problem.groups;
    var t = new Tiles(pool.scratch());
    int end = Math.min(problem.queries, (s + 1) * span * TILE);
    for (int h = g * problem.headsPerGroup(); h < (g + 1) * problem.headsPerGroup(); h++) {
      for (int first = s * span * TILE; first < end; first += TILE) {
        block(t, b, h, first);
      }
    }
  }

  private void block(Tiles t, int b, int h, int first) {
    int width = t.width;
    int queries = problem.blockSize(first);
    int columns = TileProduct.padColumns(queries);
    var q = problem.q;
    // with a bound the products are divided by it
    float factor = problem.softCap > 0 ? problem.scale / problem.softCap : problem.scale;
    long at = q.at(b, h, first);
    int depth = t.depth;
    TileCopy.pack(q.segment(), at, q.row(), STEP, queries, width, t.queries, columns, depth, PANEL);
    TileCopy.scale(t.queries, columns * depth, factor);
    TileCopy.zero(t.sums, (long) columns * t.padded);
    TileCopy.fill(t.total, TILE, problem.sink(h) == Float.NEGATIVE_INFINITY ? 0 : 1);
    TileCopy.fill(t.max, TILE, problem.sink(h));
    t.finish.begin(h, first);
    int end = problem.endKeyOfBlock(first);
    int start = problem.firstKeyOfBlock(first) / TILE * TILE;
    for (; start < end; start += TILE) {
      int tile = pack(t, b, h / problem.headsPerGroup(), start);
      for (int column = 0; column < columns; column += PANEL) {
        int low = Math.max(start, problem.firstKey(first + column)) - start;
        int high = Math.min(start + TILE, problem.endKey(first + column)) - start;
        if (low < high) {
          low -= low % GRAIN;
          panel(t, column, tile, start, low, TileProduct.padGrain(high) - low);
        }
      }
    }
    for (int column = 0; column < columns; column += PANEL) {
      TileCopy.turnBack(t.sums + STEP * column * t.padded, width, t.rows);
      int here = Math.min(PANEL, queries - column);
      for (int i = 0; i < here; i++) {
        finish(t, b, h, first, column, i);
      }
    }
  }

  /** One panel of queries and {@code rows} keys of a tile from row {@code low} on. */
  private void panel(Tiles t, int column, int tile, int start, int low, int rows) {
    int depth = t.depth;
    long keys = t.keys(tile) + STEP * low * depth;
    long queries = t.queries + STEP * column * depth;
    TileProduct.multiply(t.scratch, keys, queries, t.floats, SCORES, rows, depth);
    t.finish.finish(column, start + low, rows);
    long max = t.max + STEP * column;
    ScoreTile.softmaxStep(t.floats, SCORES, rows, t.weights, max, t.before, t.sum);
    long sums = t.sums + STEP * column * t.padded;
    ScoreTile.rescale(max, t.before, t.sum, t.total + STEP * column, sums, t.padded);
    long values = t.values(tile);
    TileProduct.multiply(t.scratch, values, TILE, low, t.weights, sums, t.padded, rows, true);
  }

  /**
   * Packs the keys and values of the tile that begins at key {@code start}.
   *
   * @return the number under which it lies
   */
  private int pack(Tiles t, int b, int g, int start) {
    int number = start / TILE;
    int tile = t.keeps ? number : 0;
    if (t.keeps ? number >= t.low && number < t.high : number == t.low) {
      return tile;
    }
    boolean joins = t.keeps && number == t.high;
    t.low = joins ? t.low : number;
    t.high = number + 1;
    int count = Math.min(TILE, problem.keys - start);
    int width = t.width;
    var k = problem.k;
    var v = problem.v;
    long key = k.at(b, g, start);
    TileCopy.pack(k.segment(), key, k.row(), STEP, count, width, t.keys(tile), TILE, t.depth, ROWS);
    long value = v.at(b, g, start);
    TileCopy.pack(
        v.segment(), value, STEP, v.row(), width, count, t.values(tile), t.padded, TILE, ROWS);
    return tile;
  }

  /** Writes the output and log-sum-exp of query {@code i} of a panel. */
  private void finish(Tiles t, int b, int h, int first, int column, int i) {
    int query = first + column + i;
    float max = ALL.get(FLOAT, t.max + STEP * (column + i));
    float total = ALL.get(FLOAT, t.total + STEP * (column + i));
    boolean seen = total > 0 || total != total; // a query may see no key at all: its output is 0
    float factor = seen ? 1 / total : 0;
    long row = t.rows + STEP * i * TileCopy.turnedRow(problem.width);
    TileCopy.store(row, factor, out.segment(), out.at(b, h, query), problem.width);
    float lse = seen ? max + VectorMath.log(total) : Float.NEGATIVE_INFINITY;
    logSumExp.segment().set(FLOAT, logSumExp.at(b, h, query), lse);
  }
}
