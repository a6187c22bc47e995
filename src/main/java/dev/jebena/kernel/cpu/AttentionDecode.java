package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of few queries against many keys, as when tokens are generated one by one: one task is
 * one head. Every key and value is read once and used for two operations per number, so memory is
 * the bound, and nothing is packed.
 */
final class AttentionDecode {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  private final WorkerPool pool;
  private final AttentionProblem problem;
  private final Heads out;
  private final Heads logSumExp;

  AttentionDecode(WorkerPool pool, AttentionProblem problem, Heads out, Heads logSumExp) {
    this.pool = pool;
    this.problem = problem;
    this.out = out;
    this.logSumExp = logSumExp;
  }

  /** Task {@code b·H + h}. */
  void run(int task) {
    int h = task % problem.heads;
    int b = task / problem.heads;
    int g = h / problem.headsPerGroup();
    long row = (long) problem.width * Float.BYTES;
    long needed = row + (long) problem.keys * Float.BYTES;
    var memory = pool.scratch().area(Scratch.FUSED, needed);
    var query = memory.asSlice(0, row);
    var scores = memory.asSlice(row);
    for (int t = 0; t < problem.queries; t++) {
      query(b, h, g, t, scores, query);
    }
  }

  private void query(int b, int h, int g, int t, MemorySegment scores, MemorySegment row) {
    var q = problem.q;
    var k = problem.k;
    var v = problem.v;
    int width = problem.width;
    int first = problem.visible.first(t);
    int keys = problem.visible.end(t) - first;
    float sink = problem.sink(h);
    // with a bound the products are divided by it
    float cap = problem.softCap;
    scaled(q.segment(), q.at(b, h, t), cap > 0 ? problem.scale / cap : problem.scale, row, width);
    for (int s = 0; s < keys; s++) {
      float score = RowDot.dot(k.segment(), k.at(b, g, first + s), row, 0, width);
      scores.setAtIndex(FLOAT, s, score);
    }
    if (cap > 0) {
      bound(scores, keys, cap);
    }
    if (problem.hasSlopes()) {
      fall(scores, keys, problem.visible.own(t) - first, problem.slope(h));
    }
    float max = keys == 0 ? sink : Math.max(sink, FloatRange.max(scores, 0, keys));
    boolean seen = max != Float.NEGATIVE_INFINITY;
    float sum = seen && keys > 0 ? RowSoftmax.exponentials(scores, 0, scores, 0, max, keys) : 0;
    sum += seen ? VectorMath.exp(sink - max) : 0;
    float factor = seen ? 1 / sum : 0;
    long values = v.at(b, g, first);
    long to = out.at(b, h, t);
    int d = 0;
    for (; d <= width - 4 * LANES; d += 4 * LANES) {
      four(v.segment(), values, v.row(), scores, keys, factor, to, d);
    }
    for (; d <= width - LANES; d += LANES) {
      single(v.segment(), values, v.row(), scores, keys, factor, to, d);
    }
    for (; d < width; d++) {
      number(v.segment(), values, v.row(), scores, keys, factor, to, d);
    }
    float lse = seen ? max + VectorMath.log(sum) : Float.NEGATIVE_INFINITY;
    logSumExp.segment().set(FLOAT, logSumExp.at(b, h, t), lse);
  }

  /** {@code cap · tanh(s)}. */
  private static void bound(MemorySegment scores, int keys, float cap) {
    for (int s = 0; s < keys; s++) {
      scores.setAtIndex(FLOAT, s, cap * VectorSigmoids.tanh(scores.getAtIndex(FLOAT, s)));
    }
  }

  /** ALiBi: less {@code slope} times the distance from key {@code own}. */
  private static void fall(MemorySegment scores, int keys, int own, float slope) {
    for (int s = 0; s < keys; s++) {
      float score = scores.getAtIndex(FLOAT, s);
      scores.setAtIndex(FLOAT, s, score - slope * Math.abs((float) (own - s)));
    }
  }

  private static void scaled(MemorySegment x, long at, float factor, MemorySegment out, int width) {
    for (int i = 0; i < width; i++) {
      float value = x.get(FLOAT, at + (long) i * Float.BYTES);
      out.setAtIndex(FLOAT, i, value * factor);
    }
  }

  private void four(
      MemorySegment v,
      long at,
      long stride,
      MemorySegment p,
      int keys,
      float factor,
      long outAt,
      int d) {
    long step = (long) LANES * Float.BYTES;
    long shift = (long) d * Float.BYTES;
    var s0 = FloatVector.zero(F32);
    var s1 = FloatVector.zero(F32);
    var s2 = FloatVector.zero(F32);
    var s3 = FloatVector.zero(F32);
    for (int s = 0; s < keys; s++) {
      long from = at + shift + s * stride;
      var weight = FloatVector.broadcast(F32, p.get(FLOAT, (long) s * Float.BYTES));
      s0 = weight.fma(FloatVector.fromMemorySegment(F32, v, from, ORDER), s0);
      s1 = weight.fma(FloatVector.fromMemorySegment(F32, v, from + step, ORDER), s1);
      s2 = weight.fma(FloatVector.fromMemorySegment(F32, v, from + 2 * step, ORDER), s2);
      s3 = weight.fma(FloatVector.fromMemorySegment(F32, v, from + 3 * step, ORDER), s3);
    }
    var o = out.segment();
    s0.mul(factor).intoMemorySegment(o, outAt + shift, ORDER);
    s1.mul(factor).intoMemorySegment(o, outAt + shift + step, ORDER);
    s2.mul(factor).intoMemorySegment(o, outAt + shift + 2 * step, ORDER);
    s3.mul(factor).intoMemorySegment(o, outAt + shift + 3 * step, ORDER);
  }

  private void single(
      MemorySegment v,
      long at,
      long stride,
      MemorySegment p,
      int keys,
      float factor,
      long outAt,
      int d) {
    long shift = (long) d * Float.BYTES;
    var sum = FloatVector.zero(F32);
    for (int s = 0; s < keys; s++) {
      var weight = FloatVector.broadcast(F32, p.get(FLOAT, (long) s * Float.BYTES));
      var x = FloatVector.fromMemorySegment(F32, v, at + shift + s * stride, ORDER);
      sum = weight.fma(x, sum);
    }
    sum.mul(factor).intoMemorySegment(out.segment(), outAt + shift, ORDER);
  }

  private void number(
      MemorySegment v,
      long at,
      long stride,
      MemorySegment p,
      int keys,
      float factor,
      long outAt,
      int d) {
    long shift = (long) d * Float.BYTES;
    float sum = 0;
    for (int s = 0; s < keys; s++) {
      float weight = p.get(FLOAT, (long) s * Float.BYTES);
      sum = Math.fma(weight, v.get(FLOAT, at + shift + s * stride), sum);
    }
    out.segment().set(FLOAT, outAt + shift, sum * factor);
  }
}
