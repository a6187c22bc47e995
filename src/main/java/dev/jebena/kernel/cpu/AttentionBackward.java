package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.AttentionProblem.TILE;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * FlashAttention-2 (Dao, 2023), backward: scores are computed again tile by tile from the
 * log-sum-exp that forward kept. One task owns a group of heads that share keys and values, so that
 * nobody else adds to its gradients.
 *
 * <p>With scores kept transposed as {@code [keys, queries]} the five products of a pair of tiles
 * are {@code s = k·qᵀ}, {@code gp = v·gOutᵀ}, {@code gv += p·gOut}, {@code gk += gs·q} and {@code
 * gq += gsᵀ·k}; all have the form of {@link TileProduct}.
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

  /** The tiles of one task: where they begin. Rows of D are filled up to whole vectors. */
  private final class Tiles {
    final int width = problem.width();
    final int padded = problem.paddedWidth();
    final int keyRows = (problem.keys() + TILE - 1) / TILE * TILE;
    final float[] floats;
    final int gKeys;
    final int gValues;
    final int queries;
    final int queriesTransposed;
    final int gOuts;
    final int gOutsTransposed;
    final int keys;
    final int values;
    final int gQueries;
    final int scores;
    final int gScores;
    final int lse;
    final int delta;

    Tiles(Areas areas) {
      areas.begin((2L * keyRows + 5 * TILE) * padded + 2L * TILE * (width + TILE + 1));
      gKeys = areas.take(keyRows * padded);
      gValues = areas.take(keyRows * padded);
      queries = areas.take(TILE * padded);
      queriesTransposed = areas.take(width * TILE);
      gOuts = areas.take(TILE * padded);
      gOutsTransposed = areas.take(width * TILE);
      keys = areas.take(TILE * padded);
      values = areas.take(TILE * padded);
      gQueries = areas.take(TILE * padded);
      scores = areas.take(TILE * TILE);
      gScores = areas.take(TILE * TILE);
      lse = areas.take(TILE);
      delta = areas.take(TILE);
      floats = areas.floats();
      Arrays.fill(floats, gKeys, gKeys + 2 * keyRows * padded, 0);
    }
  }

  /** Task {@code b·G + g}. */
  void run(int task) {
    int g = task % problem.groups();
    int b = task / problem.groups();
    var t = new Tiles(memory.get());
    for (int h = g * problem.headsPerGroup(); h < (g + 1) * problem.headsPerGroup(); h++) {
      for (int first = 0; first < problem.queries(); first += TILE) {
        queryTile(t, b, h, g, first);
      }
    }
    for (int s = 0; s < problem.keys(); s++) {
      int from = s * t.padded;
      TileCopy.store(t.floats, t.gKeys + from, 1, gk.segment(), gk.at(b, g, s), t.width);
      TileCopy.store(t.floats, t.gValues + from, 1, gv.segment(), gv.at(b, g, s), t.width);
    }
  }

  private void queryTile(Tiles t, int b, int h, int g, int first) {
    float[] a = t.floats;
    int width = t.width;
    int padded = t.padded;
    int queries = Math.min(TILE, problem.queries() - first);
    int columns = TileProduct.padColumns(queries);
    var q = problem.q();
    TileCopy.pack(
        q.segment(), q.at(b, h, first), q.row(), queries, width, a, t.queries, columns, padded);
    TileCopy.transpose(a, t.queries, columns, width, padded, problem.scale(), t.queriesTransposed);
    long gOutAt = gOut.at(b, h, first);
    TileCopy.pack(gOut.segment(), gOutAt, gOut.row(), queries, width, a, t.gOuts, columns, padded);
    TileCopy.transpose(a, t.gOuts, columns, width, padded, 1, t.gOutsTransposed);
    statistics(t, b, h, first, queries);
    Arrays.fill(a, t.gQueries, t.gQueries + TILE * padded, 0);
    int visible = problem.visibleKeys(first + queries);
    for (int start = 0; start < visible; start += TILE) {
      pair(t, b, g, first, queries, start, Math.min(TILE, visible - start));
    }
    for (int i = 0; i < queries; i++) {
      int from = t.gQueries + i * padded;
      TileCopy.store(a, from, 1, gq.segment(), gq.at(b, h, first + i), width);
    }
  }

  /** What one tile of queries and one of keys add to each other's gradients. */
  private void pair(Tiles t, int b, int g, int first, int queries, int start, int count) {
    float[] a = t.floats;
    int width = t.width;
    int padded = t.padded;
    int columns = TileProduct.padColumns(queries);
    int keyRows = TileProduct.padRows(count);
    int queryRows = TileProduct.padRows(queries);
    int s = t.scores;
    int gs = t.gScores;
    var k = problem.k();
    var v = problem.v();
    TileCopy.pack(
        k.segment(), k.at(b, g, start), k.row(), count, width, a, t.keys, keyRows, padded);
    TileCopy.pack(
        v.segment(), v.at(b, g, start), v.row(), count, width, a, t.values, keyRows, padded);
    int qT = t.queriesTransposed;
    int gT = t.gOutsTransposed;
    TileProduct.multiply(
        a, t.keys, padded, qT, columns, s, columns, keyRows, columns, width, false);
    int offset = first + problem.offset() - start;
    if (problem.causal() && offset < count - 1) {
      ScoreTile.maskCausal(a, s, count, columns, offset);
    }
    TileProduct.multiply(
        a, t.values, padded, gT, columns, gs, columns, keyRows, columns, width, false);
    ScoreTile.softmaxBackward(a, s, gs, count, columns, t.lse, t.delta, problem.scale());
    // Rows of padding may stand for keys that only later queries see: they must add nothing.
    Arrays.fill(a, s + count * columns, s + keyRows * columns, 0);
    Arrays.fill(a, gs + count * columns, gs + keyRows * columns, 0);
    int gk = t.gKeys + start * padded;
    int gv = t.gValues + start * padded;
    int gq = t.gQueries;
    TileProduct.multiply(
        a, s, columns, t.gOuts, padded, gv, padded, keyRows, padded, queries, true);
    TileProduct.multiply(
        a, gs, columns, t.queries, padded, gk, padded, keyRows, padded, queries, true);
    TileProduct.multiplyTransposed(
        a, gs, columns, t.keys, padded, gq, padded, queryRows, padded, count, true);
  }

  /** log-sum-exp and Σ gOut·out of each query of a tile; 0 in the padding. */
  private void statistics(Tiles t, int b, int h, int first, int queries) {
    Arrays.fill(t.floats, t.lse, t.lse + TILE, 0);
    Arrays.fill(t.floats, t.delta, t.delta + TILE, 0);
    for (int i = 0; i < queries; i++) {
      float lse = logSumExp.segment().get(FLOAT, logSumExp.at(b, h, first + i));
      // A query that saw nothing has only scores of −∞; any finite number makes them 0.
      t.floats[t.lse + i] = lse == Float.NEGATIVE_INFINITY ? 0 : lse;
      long outAt = out.at(b, h, first + i);
      long gOutAt = gOut.at(b, h, first + i);
      t.floats[t.delta + i] =
          RowDot.dot(out.segment(), outAt, gOut.segment(), gOutAt, problem.width());
    }
  }
}
