package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * FlashAttention-2 (Dao, 2023), forward: one task owns a tile of queries of one head and walks the
 * keys tile by tile, so that {@code T×S} scores never exist.
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

  /** Task {@code (b·H + h)·queryTiles + tile}. */
  void run(int task) {
    int tile = task % problem.queryTiles();
    int h = task / problem.queryTiles() % problem.heads();
    int b = task / problem.queryTiles() / problem.heads();
    int g = h / problem.headsPerGroup();
    int first = tile * TILE;
    int queries = Math.min(TILE, problem.queries() - first);
    int columns = TileProduct.padColumns(queries);
    int width = problem.width();
    int padded = problem.paddedWidth();

    var areas = memory.get();
    areas.begin(4L * TILE * padded + (long) TILE * width + TILE * TILE + 3 * TILE);
    int rows = areas.take(TILE * padded);
    int transposed = areas.take(width * columns);
    int keys = areas.take(TILE * padded);
    int values = areas.take(TILE * padded);
    int sums = areas.take(TILE * padded);
    int scores = areas.take(TILE * columns);
    int max = areas.take(columns);
    int total = areas.take(columns);
    int correction = areas.take(columns);
    float[] a = areas.floats();

    var q = problem.q();
    TileCopy.pack(
        q.segment(), q.at(b, h, first), q.row(), queries, width, a, rows, columns, padded);
    TileCopy.transpose(a, rows, columns, width, padded, problem.scale(), transposed);
    Arrays.fill(a, sums, sums + TILE * padded, 0);
    Arrays.fill(a, total, total + columns, 0);
    Arrays.fill(a, max, max + columns, Float.NEGATIVE_INFINITY);

    var k = problem.k();
    var v = problem.v();
    int visible = problem.visibleKeys(first + queries);
    for (int start = 0; start < visible; start += TILE) {
      int count = Math.min(TILE, visible - start);
      int countPadded = TileProduct.padRows(count);
      TileCopy.pack(
          k.segment(), k.at(b, g, start), k.row(), count, width, a, keys, countPadded, padded);
      TileCopy.pack(
          v.segment(), v.at(b, g, start), v.row(), count, width, a, values, count, padded);
      TileProduct.multiply(
          a,
          keys,
          padded,
          transposed,
          columns,
          scores,
          columns,
          countPadded,
          columns,
          width,
          false);
      // In this tile query i sees key j where start + j <= first + i + offset.
      int offset = first + problem.offset() - start;
      if (problem.causal() && offset < count - 1) {
        ScoreTile.maskCausal(a, scores, count, columns, offset);
      }
      ScoreTile.softmaxStep(a, scores, count, columns, max, total, correction);
      for (int i = 0; start > 0 && i < queries; i++) {
        TileCopy.scale(a, sums + i * padded, a[correction + i], padded);
      }
      int rowsPadded = TileProduct.padRows(queries);
      TileProduct.multiplyTransposed(
          a, scores, columns, values, padded, sums, padded, rowsPadded, padded, count, true);
    }
    for (int i = 0; i < queries; i++) {
      finish(b, h, first + i, a, sums + i * padded, a[max + i], a[total + i]);
    }
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
