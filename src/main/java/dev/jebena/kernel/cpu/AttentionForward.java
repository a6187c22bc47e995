package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;
import static dev.jebena.kernel.cpu.TileProduct.PANEL;
import static dev.jebena.kernel.cpu.TileProduct.ROWS;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

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
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Tasks that a call is cut into where it has so many blocks: enough for all cores there are. */
  private static final int TASKS = 32;

  /** The keys of a task that stay packed take at most so many floats: 16 MiB. */
  private static final int KEPT = 1 << 22;

  private final ThreadLocal<Areas> memory;
  private final AttentionProblem problem;
  private final Heads out;
  private final Heads logSumExp;
  private final int span;

  AttentionForward(
      ThreadLocal<Areas> memory, AttentionProblem problem, Heads out, Heads logSumExp) {
    this.memory = memory;
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
    final int padded = TileProduct.padRows(width);
    final int keyRows = (problem.keys + TILE - 1) / TILE * TILE;
    final boolean keeps = (long) keyRows * (width + padded) <= KEPT;
    final PanelScores finish;
    final int rows;
    final int queries;
    final int keys;
    final int values;
    final int sums;
    final int scores;
    final int max;
    final int before;
    final int sum;
    final int total;
    final float[] floats;

    /** Tiles from {@code low} to before {@code high} are packed; the last one lies at 0 else. */
    int low = -1;

    int high = -1;

    Tiles(Areas areas) {
      int kept = keeps ? keyRows : TILE;
      areas.begin(
          (long) (kept + TILE) * (width + padded)
              + (long) TILE * (width + PANEL + 4)
              + PanelScores.size());
      finish = new PanelScores(problem, areas);
      rows = areas.take(TILE * width);
      queries = areas.take(width * TILE);
      keys = areas.take(kept * width);
      values = areas.take(kept * padded);
      sums = areas.take(padded * TILE);
      scores = areas.take(TILE * PANEL);
      max = areas.take(TILE);
      before = areas.take(TILE);
      sum = areas.take(TILE);
      total = areas.take(TILE);
      floats = areas.floats();
    }
  }

  /** Task {@code (b·G + g)·spans + span}; the last spans, which see most keys, come first. */
  void run(int task) {
    int s = spans() - 1 - task % spans();
    int g = task / spans() % problem.groups;
    int b = task / spans() / problem.groups;
    var t = new Tiles(memory.get());
    int end = Math.min(problem.queries, (s + 1) * span * TILE);
    for (int h = g * problem.headsPerGroup(); h < (g + 1) * problem.headsPerGroup(); h++) {
      for (int first = s * span * TILE; first < end; first += TILE) {
        block(t, b, h, first);
      }
    }
  }

  private void block(Tiles t, int b, int h, int first) {
    float[] a = t.floats;
    int width = t.width;
    int queries = problem.blockSize(first);
    int columns = TileProduct.padColumns(queries);
    var q = problem.q;
    // with a bound the products are divided by it
    float factor = problem.softCap > 0 ? problem.scale / problem.softCap : problem.scale;
    TileCopy.rows(q.segment(), q.at(b, h, first), q.row(), queries, columns, width, a, t.rows);
    TileCopy.turnedPanels(a, t.rows, columns, width, factor, t.queries);
    Arrays.fill(a, t.sums, t.sums + t.padded * TILE, 0);
    Arrays.fill(a, t.total, t.total + TILE, problem.sink(h) == Float.NEGATIVE_INFINITY ? 0 : 1);
    Arrays.fill(a, t.max, t.max + TILE, problem.sink(h));
    t.finish.begin(h, first);
    int end = problem.endKeyOfBlock(first);
    int start = problem.firstKeyOfBlock(first) / TILE * TILE;
    for (; start < end; start += TILE) {
      int tile = pack(t, b, h / problem.headsPerGroup(), start);
      for (int column = 0; column < columns; column += PANEL) {
        int low = Math.max(start, problem.firstKey(first + column)) - start;
        int high = Math.min(start + TILE, problem.endKey(first + column)) - start;
        if (low < high) {
          // whole slivers of keys
          low -= low % ROWS;
          panel(t, column, tile, start, low, Math.min(TILE, (high + ROWS - 1) / ROWS * ROWS) - low);
        }
      }
    }
    for (int column = 0; column < columns; column += PANEL) {
      TileCopy.turnBack(a, t.sums + column * t.padded, width, t.rows + column * width);
    }
    for (int i = 0; i < queries; i++) {
      finish(b, h, first + i, a, t.rows + i * width, a[t.max + i], a[t.total + i]);
    }
  }

  /** One panel of queries and {@code rows} keys of a tile from row {@code low} on. */
  private void panel(Tiles t, int column, int tile, int start, int low, int rows) {
    float[] a = t.floats;
    int width = t.width;
    int scores = t.scores;
    int keys = t.keys + (tile * TILE + low) * width;
    int queries = t.queries + column * width;
    TileProduct.slivers(a, keys, width, 0, queries, scores, PANEL, rows, width, false);
    t.finish.finish(column, scores, start + low, rows);
    int max = t.max + column;
    ScoreTile.softmaxStep(a, scores, rows, max, t.before + column, t.sum + column);
    int sums = t.sums + column * t.padded;
    ScoreTile.rescale(a, max, t.before + column, t.sum + column, t.total + column, sums, t.padded);
    int values = t.values + tile * t.padded * TILE;
    TileProduct.slivers(a, values, TILE, low, scores, sums, PANEL, t.padded, rows, true);
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
    TileCopy.rows(k.segment(), k.at(b, g, start), k.row(), count, TILE, width, t.floats, t.rows);
    TileCopy.turnedSlivers(t.floats, t.rows, TILE, width, 1, t.keys + tile * TILE * width);
    TileCopy.rows(v.segment(), v.at(b, g, start), v.row(), count, TILE, width, t.floats, t.rows);
    TileCopy.slivers(t.floats, t.rows, TILE, width, t.values + tile * t.padded * TILE);
    return tile;
  }

  /** Writes the output and log-sum-exp of one query. */
  private void finish(int b, int h, int query, float[] a, int sums, float max, float total) {
    boolean seen = total > 0 || total != total; // a query may see no key at all: its output is 0
    float factor = seen ? 1 / total : 0;
    TileCopy.store(a, sums, factor, out.segment(), out.at(b, h, query), problem.width);
    float lse = seen ? max + VectorMath.log(total) : Float.NEGATIVE_INFINITY;
    logSumExp.segment().set(FLOAT, logSumExp.at(b, h, query), lse);
  }
}
