package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * FlashAttention-2 (Dao, 2023), forward: one task owns a few tiles of queries of one head and walks
 * the keys tile by tile, so that {@code T×S} scores never exist.
 *
 * <p>Scores are kept transposed, {@code [keys, queries]}: maxima and sums over keys then run down
 * vector lanes, and both products take the form of {@link TileProduct}: {@code scores = k · qᵀ}
 * with the queries transposed once per task, and {@code out += pᵀ · v}, which reads p column by
 * column.
 *
 * <p>Bound by FMA: 4·64·64·D operations for each pair of tiles against about 10 for each of the
 * 64·64 scores.
 */
final class AttentionForward {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Query tiles of a task. */
  private static final int SPAN = 4;

  /** Up to so many keys stay packed: 1 MiB of keys and values with D = 64. */
  private static final int KEPT_KEYS = 2048;

  private final ThreadLocal<Areas> memory;
  private final AttentionProblem problem;
  private final Heads out;
  private final Heads logSumExp;

  AttentionForward(
      ThreadLocal<Areas> memory, AttentionProblem problem, Heads out, Heads logSumExp) {
    this.memory = memory;
    this.problem = problem;
    this.out = out;
    this.logSumExp = logSumExp;
  }

  /** How many tasks there are: batch elements × heads × spans of queries. */
  int tasks() {
    return problem.batch() * problem.heads() * spans();
  }

  private int spans() {
    return (problem.queryTiles() + SPAN - 1) / SPAN;
  }

  /** The tiles of one task: where they begin. Rows of D are filled up to whole vectors. */
  private final class Tiles {
    final int width = problem.width();
    final int padded = problem.paddedWidth();
    final boolean keeps = problem.keys() <= KEPT_KEYS;
    final int rows;
    final int transposed;
    final int keys;
    final int values;
    final int sums;
    final int scores;
    final int max;
    final int total;
    final int correction;
    final float[] floats;

    /** Keys below this one are packed. */
    int packed;

    Tiles(Areas areas) {
      int keyRows = keeps ? (problem.keys() + TILE - 1) / TILE * TILE : TILE;
      areas.begin(2L * (keyRows + TILE) * padded + (long) TILE * (width + TILE + 3));
      rows = areas.take(TILE * padded);
      transposed = areas.take(width * TILE);
      keys = areas.take(keyRows * padded);
      values = areas.take(keyRows * padded);
      sums = areas.take(TILE * padded);
      scores = areas.take(TILE * TILE);
      max = areas.take(TILE);
      total = areas.take(TILE);
      correction = areas.take(TILE);
      floats = areas.floats();
    }
  }

  /** Task {@code (b·H + h)·spans + span}. */
  void run(int task) {
    int span = task % spans();
    int h = task / spans() % problem.heads();
    int b = task / spans() / problem.heads();
    var t = new Tiles(memory.get());
    int end = Math.min(problem.queries(), (span + 1) * SPAN * TILE);
    for (int first = span * SPAN * TILE; first < end; first += TILE) {
      queryTile(t, b, h, first);
    }
  }

  private void queryTile(Tiles t, int b, int h, int first) {
    float[] a = t.floats;
    int width = t.width;
    int padded = t.padded;
    int queries = Math.min(TILE, problem.queries() - first);
    int columns = TileProduct.padColumns(queries);
    int rowsPadded = TileProduct.padRows(queries);
    var q = problem.q();
    TileCopy.pack(
        q.segment(), q.at(b, h, first), q.row(), queries, width, a, t.rows, columns, padded);
    TileCopy.transpose(a, t.rows, columns, width, padded, problem.scale(), t.transposed);
    Arrays.fill(a, t.sums, t.sums + TILE * padded, 0);
    Arrays.fill(a, t.total, t.total + TILE, 0);
    Arrays.fill(a, t.max, t.max + TILE, Float.NEGATIVE_INFINITY);

    int visible = problem.visibleKeys(first + queries);
    for (int start = 0; start < visible; start += TILE) {
      int at = packKeys(t, b, h / problem.headsPerGroup(), start);
      int keys = t.keys + at;
      int values = t.values + at;
      int scores = t.scores;
      int count = Math.min(TILE, visible - start);
      int countPadded = TileProduct.padRows(count);
      int qT = t.transposed;
      TileProduct.multiply(
          a, keys, padded, qT, columns, scores, columns, countPadded, columns, width, false);
      // In this tile query i sees key j where start + j <= first + i + offset.
      int offset = first + problem.offset() - start;
      if (problem.causal() && offset < count - 1) {
        ScoreTile.maskCausal(a, scores, count, columns, offset);
      }
      ScoreTile.softmaxStep(a, scores, count, columns, t.max, t.total, t.correction);
      for (int i = 0; start > 0 && i < queries; i++) {
        TileCopy.scale(a, t.sums + i * padded, a[t.correction + i], padded);
      }
      TileProduct.multiplyTransposed(
          a, scores, columns, values, padded, t.sums, padded, rowsPadded, padded, count, true);
    }
    for (int i = 0; i < queries; i++) {
      finish(b, h, first + i, a, t.sums + i * padded, a[t.max + i], a[t.total + i]);
    }
  }

  /**
   * Where, from the first key on, the packed keys and values of a tile begin. A task whose packed
   * keys fit the second-level cache packs each tile once for all of its queries.
   */
  private int packKeys(Tiles t, int b, int g, int start) {
    int at = t.keeps ? start * t.padded : 0;
    if (t.keeps && start < t.packed) {
      return at;
    }
    int count = Math.min(TILE, problem.keys() - start);
    int rows = TileProduct.padRows(count);
    var k = problem.k();
    var v = problem.v();
    TileCopy.pack(
        k.segment(),
        k.at(b, g, start),
        k.row(),
        count,
        t.width,
        t.floats,
        t.keys + at,
        rows,
        t.padded);
    TileCopy.pack(
        v.segment(),
        v.at(b, g, start),
        v.row(),
        count,
        t.width,
        t.floats,
        t.values + at,
        rows,
        t.padded);
    t.packed = start + TILE;
    return at;
  }

  /** Writes the output and log-sum-exp of one query. */
  private void finish(int b, int h, int query, float[] a, int sums, float max, float total) {
    boolean seen = total > 0 || total != total; // a query may see no key at all: its output is 0
    float factor = seen ? 1 / total : 0;
    TileCopy.store(a, sums, factor, out.segment(), out.at(b, h, query), problem.width());
    float lse = seen ? max + VectorMath.log(total) : Float.NEGATIVE_INFINITY;
    logSumExp.segment().set(FLOAT, logSumExp.at(b, h, query), lse);
  }
}
